import { DatabaseSync } from 'node:sqlite';
import type { SecretName } from '@wherry/core/secret';
import { type SealedSecret, unseal } from '../secrets/secret-box.ts';
import { SecretKeys } from '../secrets/secret-keys.ts';
import { checkedRows } from '../sqlite/sealed-rows.ts';

export interface SecretCount {
  readonly readable: number;
  /** Those whose key is not there: nobody can read them any more. */
  readonly lost: readonly SecretName[];
}

/** Which secrets of a database a key file opens. */
export function lostSecrets(database: string, keyFile: string): SecretCount {
  const keys = new SecretKeys(keyFile);
  const file = new DatabaseSync(database);
  let readable = 0;
  const lost: SecretName[] = [];
  try {
    for (const { body, sound } of checkedRows(file, 'secrets')) {
      if (!sound) continue;
      const sealed = JSON.parse(String(body)) as SealedSecret;
      const key = keys.get(sealed.key);
      if (key !== undefined && unseal(sealed, key) !== undefined) readable += 1;
      else lost.push({ namespace: sealed.namespace, name: sealed.name });
    }
  } finally {
    file.close();
  }
  return { readable, lost };
}
