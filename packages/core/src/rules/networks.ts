import { WherryError } from '../errors.ts';
import { printable } from '../names.ts';

const mostNetworks = 1_000;

/** An address as a number. */
interface Address {
  readonly value: bigint;
  readonly bits: 32 | 128;
}

interface Network extends Address {
  /** How many of the bits count. */
  readonly length: number;
}

/** Networks such as `10.0.0.0/8`, or single addresses, of IPv4 and IPv6 (RFC 4632, RFC 4291). */
export class Networks {
  readonly #networks: readonly Network[];
  /** As they were given. */
  readonly texts: readonly string[];

  /** Throws `bad_value` naming the field. */
  constructor(field: string, texts: readonly string[]) {
    if (texts.length > mostNetworks) throw refusal(field, `more than ${mostNetworks} networks`);
    this.texts = texts;
    this.#networks = texts.map((text) => {
      const network = networkOf(text);
      if (network === undefined)
        throw refusal(field, `${printable(text)} is not a network such as 10.0.0.0/8, nor an address`);
      return network;
    });
  }

  static isAddress(text: string): boolean {
    return addressOf(text) !== undefined;
  }

  get empty(): boolean {
    return this.#networks.length === 0;
  }

  /** Whether each of these lies in one of others. */
  within(others: Networks): boolean {
    return this.#networks.every((network) =>
      others.#networks.some((other) => network.length >= other.length && contains(other, network)),
    );
  }

  /** Whether an address is in one of them. One of IPv4 is the same when a socket of IPv6 tells it. */
  has(text: string): boolean {
    const address = addressOf(text);
    return address !== undefined && this.#networks.some((network) => contains(network, address));
  }
}

function contains({ value, bits, length }: Network, address: Address): boolean {
  const rest = BigInt(bits - length);
  return bits === address.bits && value >> rest === address.value >> rest;
}

function networkOf(text: string): Network | undefined {
  const [, host = '', digits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = addressOf(host);
  if (address === undefined) return undefined;
  const written = host.includes(':') ? 128 : 32;
  // The networks of addresses that only carry an IPv4 one are IPv4 networks.
  const length = (digits === undefined ? written : Number(digits)) - (written - address.bits);
  return length < 0 || length > address.bits ? undefined : { ...address, length };
}

function addressOf(text: string): Address | undefined {
  const four = ipv4(text);
  if (four !== undefined) return { value: four, bits: 32 };
  const six = ipv6(text);
  if (six === undefined) return undefined;
  return six >> 32n === 0xffffn ? { value: six & 0xffff_ffffn, bits: 32 } : { value: six, bits: 128 };
}

function ipv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function ipv6(text: string): bigint | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [before = [], after = []] = halves.map((half, at) => groups(half, at === halves.length - 1));
  if (before.includes(undefined) || after.includes(undefined)) return undefined;
  const missing = 8 - before.length - after.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...before, ...Array<bigint>(missing).fill(0n), ...after] as bigint[];
  return all.reduce((value, group) => value * 65_536n + group, 0n);
}

/** Sixteen bits each; at the end of the address two may be written as an IPv4 address. */
function groups(text: string, atEnd: boolean): (bigint | undefined)[] {
  if (text === '') return [];
  const parts = text.split(':');
  return parts.flatMap((part, at) => {
    const four = atEnd && at === parts.length - 1 ? ipv4(part) : undefined;
    if (four !== undefined) return [four >> 16n, four & 0xffffn];
    return [/^[0-9a-f]{1,4}$/i.test(part) ? BigInt(`0x${part}`) : undefined];
  });
}

function refusal(field: string, rule: string): WherryError {
  return new WherryError('bad_value', `${field}: ${rule}`, { component: 'rules' });
}
