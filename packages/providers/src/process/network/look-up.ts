import { lookup, Resolver } from 'node:dns/promises';
import type { Clock } from '@wherry/core/ports/clock';

/** Where a name leads now: IPv4 and IPv6 addresses. Rejects with Node's error; `ENOTFOUND` where there is none. */
export type LookUp = (name: string, how: 'as-the-machine' | 'by-dns') => Promise<readonly string[]>;

const rememberMs = 5_000;
const mostRemembered = 10_000;

/**
 * Looks names up for functions. Those that the operator named are looked up as the machine does it, its hosts file included. Any
 * others go to the machine's name servers only, in Node's own resolver: the machine's way takes one of few threads for as long as it lasts, and
 * a function could take them all.
 */
export function lookUp(clock: Clock, servers?: readonly string[]): LookUp {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const remembered = new Map<string, { until: number; answer: Promise<readonly string[]> }>();
  return (name, how) => {
    const key = `${how} ${name}`;
    const known = remembered.get(key);
    if (known !== undefined && known.until > clock.monotonic()) return known.answer;
    const answer = how === 'as-the-machine' ? byMachine(name) : byDns(resolver, name);
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(key, { until: clock.monotonic() + rememberMs, answer });
    answer.catch(() => remembered.delete(key));
    return answer;
  };
}

async function byMachine(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
}

async function byDns(resolver: Resolver, name: string): Promise<readonly string[]> {
  const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const found = [four, six].flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  if (found.length === 0 && four.status === 'rejected') throw four.reason;
  return found;
}
