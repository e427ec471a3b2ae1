import type { Cancel } from '@wherry/core/ports/clock';
import type { SecretStore } from '@wherry/core/ports/secret-store';
import type { SecretInfo, SecretName } from '@wherry/core/secret';
import { byName } from '../desired-rules.ts';
import { checkPresence } from '../secret-rules.ts';
import { Watchers } from '../watchers.ts';

/** Secrets that end with the process: nothing is written anywhere, so nothing is encrypted. */
export class MemorySecretStore implements SecretStore {
  readonly #secrets = new Map<string, SecretInfo & { readonly value: Uint8Array }>();
  readonly #watchers = new Watchers<SecretName>();

  async list(): Promise<readonly SecretInfo[]> {
    const infos = [...this.#secrets.values()].map(({ namespace, name, createdAt, updatedAt, readable }) => {
      return { namespace, name, createdAt, updatedAt, readable };
    });
    return infos.sort(byName);
  }

  async read(name: SecretName): Promise<Uint8Array | undefined> {
    return this.#secrets.get(keyFor(name))?.value.slice();
  }

  async put(
    { namespace, name }: SecretName,
    value: Uint8Array,
    how: 'create' | 'replace',
    now: number,
  ): Promise<void> {
    const key = keyFor({ namespace, name });
    const before = this.#secrets.get(key);
    checkPresence({ namespace, name }, how, before !== undefined);
    const createdAt = before?.createdAt ?? now;
    this.#secrets.set(key, {
      namespace,
      name,
      value: value.slice(),
      createdAt,
      updatedAt: now,
      readable: true,
    });
    this.#watchers.tell({ namespace, name });
  }

  async remove({ namespace, name }: SecretName): Promise<boolean> {
    const removed = this.#secrets.delete(keyFor({ namespace, name }));
    if (removed) this.#watchers.tell({ namespace, name });
    return removed;
  }

  async rotateKey(): Promise<number> {
    return this.#secrets.size;
  }

  watch(listener: (changed: SecretName) => void): Cancel {
    return this.#watchers.add(listener);
  }
}

function keyFor({ namespace, name }: SecretName): string {
  return JSON.stringify([namespace, name]);
}
