import type { SecretName } from '@wherry/core/secret';
import { byName } from '../desired-rules.ts';
import { checkPresence } from '../secret-rules.ts';
import type { SealedSecret } from '../secrets/secret-box.ts';
import type { DatabaseFile } from './database-file.ts';
import { type Damage, SealedRows } from './sealed-rows.ts';

/** Encrypted secrets, in the database's thread. Keys never come here. */
export class SecretRows {
  readonly #secrets: SealedRows<SealedSecret>;

  constructor(file: DatabaseFile, at: number, report: (damage: Damage) => void) {
    this.#secrets = new SealedRows(file, 'secrets', at, report);
  }

  list(): readonly SealedSecret[] {
    return this.#secrets.values().sort(byName);
  }

  read(name: SecretName): SealedSecret | undefined {
    return this.#secrets.get(keyFor(name));
  }

  put(secret: SealedSecret, how: 'create' | 'replace'): void {
    const before = this.read(secret);
    checkPresence(secret, how, before !== undefined);
    this.#secrets.write(keyFor(secret), { ...secret, createdAt: before?.createdAt ?? secret.createdAt });
  }

  remove(name: SecretName): boolean {
    return this.#secrets.remove(keyFor(name));
  }
}

function keyFor({ namespace, name }: SecretName): string {
  return JSON.stringify([namespace, name]);
}
