import type { Socket } from 'node:dgram';
import { decode, encode, type Packet } from 'dns-packet';
import type { MadeUpAddresses } from './made-up-addresses.ts';

/** What is to be said to a question for a name: an address of ours, that there is no such name, or that it cannot be told now. */
export type Verdict = 'address' | 'no-such-name' | 'later';

const mostAtOnce = 64;
/** As much as anybody sends who asks one question (RFC 6891, the size that is sure to pass). */
const mostBytes = 1_232;
/** Seconds that an answer may be kept. The address stays good; the name may cease to exist. */
const keepSeconds = 60;
const [authoritative, recursion, recursionOffered] = [1 << 10, 1 << 8, 1 << 7];
const codes = { ok: 0, malformed: 1, failure: 2, noSuchName: 3 };

/**
 * Answers an instance's questions for names (RFC 1035), at the socket that was made in its network. Each name that may be asked for has one
 * made-up IPv4 address; there is nothing else to tell about it.
 */
export function serveNames(
  socket: Socket,
  addresses: MadeUpAddresses,
  judge: (name: string) => Promise<Verdict>,
): void {
  let underWay = 0;
  socket.on('message', (message, from) => {
    const query = readable(message);
    const [question] = query?.questions ?? [];
    if (query === undefined || question === undefined || query.type !== 'query') return;
    const answer = (code: number, answers: Packet['answers'] = []): void => {
      const flags = authoritative | ((query.flags ?? 0) & recursion) | recursionOffered | code;
      const bytes = encode({ type: 'response', ...idOf(query), flags, questions: [question], answers });
      // An instance that has ended meanwhile, or does not listen, does without.
      socket.send(bytes, from.port, from.address, () => undefined);
    };
    const name = question.name.toLowerCase().replace(/\.$/, '');
    if (underWay >= mostAtOnce) return answer(codes.failure);
    underWay += 1;
    judge(name)
      .then((verdict) => {
        if (verdict === 'later') return answer(codes.failure);
        if (verdict === 'no-such-name') return answer(codes.noSuchName);
        if (question.type !== 'A') return answer(codes.ok);
        const data = addresses.addressFor(name);
        return answer(codes.ok, [{ type: 'A', name: question.name, ttl: keepSeconds, data }]);
      })
      .catch(() => answer(codes.failure))
      .finally(() => {
        underWay -= 1;
      });
  });
  socket.on('error', () => undefined);
}

/** Looked at before it is taken apart: one small datagram can be written so that reading it takes a hundred milliseconds. */
function readable(message: Buffer): Packet | undefined {
  const [head, most] = [12, mostBytes];
  if (message.length < head || message.length > most) return undefined;
  const counts = [4, 6, 8, 10].map((at) => message.readUInt16BE(at));
  const [questions = 0, answers = 0, authorities = 0, additional = 0] = counts;
  if (questions !== 1 || answers !== 0 || authorities !== 0 || additional > 1) return undefined;
  try {
    return decode(message);
  } catch {
    return undefined;
  }
}

function idOf({ id }: Packet): { id?: number } {
  return id === undefined ? {} : { id };
}
