/** The range that is set aside for tests of network gear (RFC 2544): on the internet nobody has an address in it. */
const first = 0xc6_12_00_01; // 198.18.0.1
const most = 4_096;

/**
 * A function that asks for a name gets an address that stands for the name and for nothing else. So the gateway knows which name is meant when a
 * connection comes, and looks up where it leads itself, each time: what the function was told cannot be turned against it, and an
 * address that it keeps for ever stays good.
 */
export class MadeUpAddresses {
  readonly #byName = new Map<string, string>();
  readonly #byAddress = new Map<string, string>();
  #next = 0;

  addressFor(name: string): string {
    const known = this.#byName.get(name);
    // Asked for again, it is young again.
    if (known !== undefined) this.#byName.delete(name);
    const address = known ?? this.#fresh();
    this.#byName.set(name, address);
    this.#byAddress.set(address, name);
    return address;
  }

  nameOf(address: string): string | undefined {
    return this.#byAddress.get(address);
  }

  /** The oldest name gives way to a function that asks for thousands. */
  #fresh(): string {
    if (this.#byName.size >= most) {
      const [[name, address] = ['', '']] = this.#byName;
      this.#byName.delete(name);
      this.#byAddress.delete(address);
      return address;
    }
    return dotted(first + this.#next++);
  }
}

export function isMadeUp(address: string): boolean {
  return address.startsWith('198.18.') || address.startsWith('198.19.');
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.');
}
