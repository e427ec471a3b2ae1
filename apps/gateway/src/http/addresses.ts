import { BlockList, isIP } from 'node:net';
import { StartRefused } from '../start/refusal.ts';

/** Whether an address to listen on is this machine's own, unreachable from others. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '');
  return address === 'localhost' || address === '::1' || /^127(?:\.\d{1,3}){3}$/.test(address);
}

/** Networks such as `10.0.0.0/8` or single addresses. */
export class Networks {
  readonly #list = new BlockList();
  readonly empty: boolean;

  constructor(setting: string, networks: readonly string[]) {
    this.empty = networks.length === 0;
    for (const network of networks) this.#add(setting, network);
  }

  has(address: string): boolean {
    const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
    const plain = mapped ?? address;
    const kind = isIP(plain);
    return kind !== 0 && this.#list.check(plain, kind === 6 ? 'ipv6' : 'ipv4');
  }

  #add(setting: string, network: string): void {
    const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
    const kind = isIP(address);
    const family = kind === 6 ? 'ipv6' : 'ipv4';
    const most = kind === 6 ? 128 : 32;
    const length = bits === undefined ? most : Number(bits);
    if (kind === 0 || length > most) {
      throw new StartRefused(
        `${setting}: ${network} is not a network`,
        'write networks such as 10.0.0.0/8, comma separated',
      );
    }
    this.#list.addSubnet(address, length, family);
  }
}
