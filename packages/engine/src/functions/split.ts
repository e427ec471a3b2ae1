import { keyText } from '@wherry/core/function';
import { Dealer, rendezvous } from '@wherry/core/rules/split';
import type { Sticky } from '@wherry/core/traffic';
import type { Fleet } from '../fleet/fleet.ts';
import type { CallInput } from '../invoke/call.ts';

/** Several versions that take the calls of one name, each its share. */
export class Split {
  readonly #fleets: readonly Fleet[];
  readonly #weights: readonly number[];
  readonly #names: readonly string[];
  readonly #sticky: Sticky | undefined;
  readonly #dealer: Dealer;

  constructor(shares: readonly (readonly [Fleet, number])[], sticky: Sticky | undefined) {
    this.#fleets = shares.map(([fleet]) => fleet);
    this.#weights = shares.map(([, weight]) => weight);
    this.#names = this.#fleets.map(({ key }) => keyText(key));
    this.#sticky = sticky;
    this.#dealer = new Dealer(this.#weights);
  }

  /** The version that takes a call. */
  pick(input: CallInput): Fleet {
    const key = this.#sticky === undefined ? undefined : stickyKey(this.#sticky, input);
    const at = key === undefined ? this.#dealer.next() : rendezvous(key, this.#names, this.#weights);
    return this.#fleets[at] as Fleet;
  }
}

/** What makes calls stay together; undefined where this one has nothing of the kind. */
export function stickyKey(
  sticky: Sticky,
  { headers, authorization, caller, from }: CallInput,
): string | undefined {
  if (sticky.by === 'client') return authorization ?? caller?.name ?? from.client ?? from.address;
  if (sticky.by === 'header') return headerOf(headers, sticky.name);
  const cookies = headerOf(headers, 'cookie');
  return cookies === undefined ? undefined : cookieIn(cookies, sticky.name);
}

function headerOf(headers: CallInput['headers'], lower: string): string | undefined {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] as string;
    if (name.length === lower.length && name.toLowerCase() === lower) return headers[i + 1] || undefined;
  }
  return undefined;
}

/** RFC 6265 section 4.2: `name=value` pairs, with `; ` between them. */
function cookieIn(text: string, name: string): string | undefined {
  for (const pair of text.split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name)
      return pair.slice(equals + 1).trim() || undefined;
  }
  return undefined;
}
