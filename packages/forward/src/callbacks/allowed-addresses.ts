import { WherryError } from '@wherry/core/errors';
import { Networks } from '@wherry/core/rules/networks';
import { isPublic } from '@wherry/core/rules/special-addresses';

/** Where answers may be sent: to the public internet, and to what the operator named; `none` is to nobody but functions of this gateway. */
export class AllowedAddresses {
  readonly #names: ReadonlySet<string>;
  readonly #networks: Networks;
  readonly #public: boolean;

  /** Host names, addresses and networks. Throws `bad_value` naming `field`. */
  constructor(field: string, texts: readonly string[]) {
    this.#public = !texts.includes('none');
    const names = texts.filter((text) => !/^[\d.]+(?:\/\d+)?$|:/.test(text));
    this.#names = new Set(names.map((name) => name.toLowerCase()));
    this.#networks = new Networks(
      field,
      texts.filter((text) => !names.includes(text)),
    );
  }

  /** Whether the operator gave this very name. */
  names(host: string): boolean {
    return this.#names.has(host.toLowerCase());
  }

  /** Of the addresses that a host leads to those that may be connected to. Throws `callback_refused` where none may. */
  of(host: string, addresses: readonly string[]): readonly string[] {
    const allowed = this.names(host)
      ? addresses
      : addresses.filter((address) => (this.#public && isPublic(address)) || this.#networks.has(address));
    if (allowed.length > 0) return allowed;
    const leads =
      addresses.length === 1 && addresses[0] === host ? '' : ` leads to ${addresses.join(', ')}, which`;
    const why = this.#public
      ? `${host}${leads} is not on the public internet`
      : 'answers are sent to nobody here';
    throw new WherryError('callback_refused', why, { component: 'callbacks' });
  }
}
