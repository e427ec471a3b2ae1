import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { Networks } from '@wherry/core/rules/networks';

const rememberMs = 500;

/** Addresses of this machine by the kernel's own tables: also one that no interface shows, and networks that are all its own. */
export class OwnAddresses {
  #known = new Networks('own', []);
  #until = Number.NEGATIVE_INFINITY;

  has(address: string): boolean {
    if (performance.now() > this.#until) {
      const all = new Set([...ofInterfaces(), ...localRoutes4(), ...localRoutes6()]);
      this.#known = new Networks('own', [...all].slice(0, 1000));
      this.#until = performance.now() + rememberMs;
    }
    return this.#known.has(address);
  }
}

function ofInterfaces(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
}

/** The leaves of the tree that are local: an address in one line, how much of it counts in the next. */
function localRoutes4(): string[] {
  const found: string[] = [];
  let leaf = '';
  for (const line of read('/proc/net/fib_trie').split('\n')) {
    leaf = /\|-- ([\d.]+)$/.exec(line)?.[1] ?? leaf;
    const [, bits] = /\/(\d+) host LOCAL$/.exec(line) ?? [];
    if (bits !== undefined && leaf !== '') found.push(`${leaf}/${bits}`);
  }
  return found;
}

/** Route flags (linux/ipv6_route.h). */
const local = 0x8000_0000;

function localRoutes6(): string[] {
  return read('/proc/net/ipv6_route')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length >= 10 && (Number.parseInt(fields[8] as string, 16) & local) !== 0)
    .map(([address = '', bits = '']) => `${address.match(/.{4}/g)?.join(':')}/${Number.parseInt(bits, 16)}`);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
