import { lookup, Resolver } from 'node:dns/promises';
import type { AllowedAddresses } from './allowed-addresses.ts';

/** Where a name leads now. Rejects with Node's error. */
export type LookUp = (host: string) => Promise<readonly string[]>;

/**
 * Names that the operator gave are looked up as the machine does it. All others, which callers think of, go to the name servers only: the
 * machine's way takes one of few threads for as long as it lasts, and cannot be given up.
 */
export function addressesOf(allowed: AllowedAddresses): LookUp {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  return async (host) => {
    if (allowed.names(host)) return (await lookup(host, { all: true })).map(({ address }) => address);
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const found = [four, six].flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    if (found.length === 0 && four.status === 'rejected') throw four.reason;
    return found;
  };
}
