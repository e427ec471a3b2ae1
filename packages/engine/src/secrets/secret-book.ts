import { WherryError } from '@wherry/core/errors';
import { checkName, printable } from '@wherry/core/names';
import type { Clock } from '@wherry/core/ports/clock';
import type { SecretStore } from '@wherry/core/ports/secret-store';
import { maxSecretBytes, type SecretInfo, type SecretName } from '@wherry/core/secret';
import type { NamespaceBook } from '../namespaces/namespace-book.ts';

const component = 'secrets';

/** Writes secrets and tells which there are. Values go in and come out in functions, nowhere else. */
export class SecretBook {
  readonly #store: SecretStore;
  readonly #namespaces: NamespaceBook;
  readonly #clock: Clock;

  constructor(store: SecretStore, namespaces: NamespaceBook, clock: Clock) {
    this.#store = store;
    this.#namespaces = namespaces;
    this.#clock = clock;
  }

  /** Of one namespace, ordered by name. Throws `namespace_unknown`. */
  async list(namespace: string): Promise<readonly SecretInfo[]> {
    this.#namespaces.check(namespace);
    return (await this.#store.list()).filter((secret) => secret.namespace === namespace);
  }

  /** How many were written with a key that is not here. */
  async unreadable(): Promise<readonly SecretInfo[]> {
    return (await this.#store.list()).filter(({ readable }) => !readable);
  }

  /** Throws `secret_exists`, `namespace_unknown`, `bad_name`, `body_too_large`. */
  create(name: SecretName, value: Uint8Array): Promise<void> {
    return this.#write(name, value, 'create');
  }

  /** Instances that have it see the new value soon, without a restart. Throws `secret_unknown`. */
  update(name: SecretName, value: Uint8Array): Promise<void> {
    return this.#write(name, value, 'replace');
  }

  /** Throws `secret_unknown`. */
  async remove(name: SecretName): Promise<void> {
    if (await this.#store.remove(name)) return;
    throw new WherryError(
      'secret_unknown',
      `secret ${printable(name.name)} of ${name.namespace} does not exist`,
      {
        component,
      },
    );
  }

  rotateKey(): Promise<number> {
    return this.#store.rotateKey();
  }

  /** Throws `secret_missing` naming the first that does not exist, `secret_unreadable` where its key is lost. */
  async check(namespace: string, names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const there = new Map((await this.list(namespace)).map((secret) => [secret.name, secret]));
    for (const name of names) {
      const secret = there.get(name);
      if (secret === undefined)
        throw new WherryError('secret_missing', `secret ${printable(name)} does not exist in ${namespace}`, {
          component,
          name,
        });
      if (!secret.readable)
        throw new WherryError('secret_unreadable', `the key of secret ${name} of ${namespace} is not here`, {
          component,
          name,
        });
    }
  }

  async #write(of: SecretName, value: Uint8Array, how: 'create' | 'replace'): Promise<void> {
    checkName('secret', of.name);
    this.#namespaces.check(of.namespace);
    if (value.length > maxSecretBytes)
      throw new WherryError('body_too_large', `a secret has at most ${maxSecretBytes} bytes`, { component });
    await this.#store.put(of, value, how, this.#clock.now());
  }
}
