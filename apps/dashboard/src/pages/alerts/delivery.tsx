import { useQuery } from '@tanstack/react-query';
import type { ChannelTest } from '@wherry/wire/alert-channels';
import { Link } from 'wouter';
import { useSession } from '../../current-session.ts';
import { plain } from '../logs/log-text.ts';

const againMs = 1_000;
const over: ReadonlySet<string> = new Set(['done', 'dead', 'cancelled']);

/** A test as it is known: a beat that is under way, or what the gateway answered. */
export type Tested = ChannelTest | 'beating';

export function Outcome({ of }: { of: Tested }) {
  if (of !== 'beating' && 'delivery' in of) return <Delivery id={of.delivery} key={of.delivery} />;
  const [tone, shape, words] =
    of === 'beating'
      ? ['text-info', '◐', 'The beat is under way.']
      : of.beat.heard
        ? ['text-ok', '●', `The beat was heard: ${plain(of.beat.cause)}.`]
        : ['text-bad', '■', `The beat was not heard: ${plain(of.beat.cause)}.`];
  return (
    <p role="status" className={`mt-1 break-words ${tone}`}>
      <span aria-hidden>{shape}</span> {words}
    </p>
  );
}

/** What becomes of a message that was just sent, until it arrived or was given up. */
export function Delivery({ id }: { id: string }) {
  const { client } = useSession();
  const { data: found, error } = useQuery({
    queryKey: ['queued', 'one', id],
    queryFn: () => client.readCall(id),
    refetchInterval: ({ state }) => (over.has(state.data?.call?.state ?? '') ? false : againMs),
  });
  const data = found?.call;
  const cause = data?.last === undefined ? '' : plain(data.last.cause);
  const [tone, shape, words] =
    error !== null
      ? ['text-warn', '▲', `What became of the test is not known: ${error.message}`]
      : data?.state === 'done'
        ? ['text-ok', '●', 'The test arrived.']
        : data?.state === 'dead' || data?.state === 'cancelled'
          ? ['text-bad', '■', `The test was given up: ${data.reason ?? cause}`]
          : cause !== ''
            ? ['text-warn', '▲', `The test did not arrive yet and is tried again: ${cause}`]
            : ['text-info', '◐', 'The test is under way.'];
  return (
    <p role="status" className={`mt-1 break-words ${tone}`}>
      <span aria-hidden>{shape}</span> {words}{' '}
      <Link href={`/queue/calls?call=${id}`} className="text-accent underline">
        Its attempts
      </Link>
    </p>
  );
}
