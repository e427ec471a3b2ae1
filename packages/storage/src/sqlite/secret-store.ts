import type { Cancel } from '@wherry/core/ports/clock';
import type { SecretStore } from '@wherry/core/ports/secret-store';
import type { SecretInfo, SecretName } from '@wherry/core/secret';
import { unreadable } from '../secret-rules.ts';
import { type SealedSecret, seal, unseal } from '../secrets/secret-box.ts';
import type { SecretKey, SecretKeys } from '../secrets/secret-keys.ts';
import { Watchers } from '../watchers.ts';
import type { SqliteThread } from './sqlite-thread.ts';

/** Secrets in the embedded database, encrypted with keys that lie beside it. */
export class SqliteSecretStore implements SecretStore {
  readonly #thread: SqliteThread;
  readonly #keys: SecretKeys;
  readonly #others: (fresh: SecretKey) => Promise<void>;
  readonly #watchers = new Watchers<SecretName>();
  /** Writes happen one after another, so that a new key never overtakes a value. */
  #turn: Promise<unknown> = Promise.resolve();

  /** `others`: has to encrypt anew what else the keys open, before an old one goes. */
  constructor(thread: SqliteThread, keys: SecretKeys, others: (fresh: SecretKey) => Promise<void>) {
    this.#thread = thread;
    this.#keys = keys;
    this.#others = others;
  }

  async list(): Promise<readonly SecretInfo[]> {
    const all = await this.#all();
    return all.map(({ namespace, name, createdAt, updatedAt, key }) => {
      return { namespace, name, createdAt, updatedAt, readable: this.#keys.get(key) !== undefined };
    });
  }

  async read({ namespace, name }: SecretName): Promise<Uint8Array | undefined> {
    const sealed = await this.#thread.ask('secrets', 'read', [{ namespace, name }]);
    if (sealed === undefined) return undefined;
    const value = this.#open(sealed);
    if (value === undefined) throw unreadable(sealed, sealed.key);
    return value;
  }

  put(
    { namespace, name }: SecretName,
    value: Uint8Array,
    how: 'create' | 'replace',
    now: number,
  ): Promise<void> {
    return this.#inTurn(async () => {
      const box = seal({ namespace, name }, value, this.#keys.current());
      const sealed: SealedSecret = { namespace, name, ...box, createdAt: now, updatedAt: now };
      await this.#thread.ask('secrets', 'put', [sealed, how]);
      this.#watchers.tell({ namespace, name });
    });
  }

  remove({ namespace, name }: SecretName): Promise<boolean> {
    return this.#inTurn(async () => {
      const removed = await this.#thread.ask('secrets', 'remove', [{ namespace, name }]);
      if (removed) this.#watchers.tell({ namespace, name });
      return removed;
    });
  }

  /** The old key stays until every secret is written with the new one: cut short at any point, all of them can be read. */
  rotateKey(): Promise<number> {
    return this.#inTurn(async () => {
      const fresh = this.#keys.add();
      let count = 0;
      for (const sealed of await this.#all()) {
        const value = this.#open(sealed);
        if (value === undefined) continue;
        await this.#thread.ask('secrets', 'put', [{ ...sealed, ...seal(sealed, value, fresh) }, 'replace']);
        count += 1;
      }
      await this.#others(fresh);
      this.#keys.retire();
      return count;
    });
  }

  watch(listener: (changed: SecretName) => void): Cancel {
    return this.#watchers.add(listener);
  }

  #all(): Promise<readonly SealedSecret[]> {
    return this.#thread.ask('secrets', 'list', []);
  }

  #open(sealed: SealedSecret): Uint8Array | undefined {
    const key = this.#keys.get(sealed.key);
    return key === undefined ? undefined : unseal(sealed, key);
  }

  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(write);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
