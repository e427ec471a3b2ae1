import type { SecretInfo, SecretName } from '../secret.ts';
import type { Cancel } from './clock.ts';

/**
 * The values that functions are given as files. Nothing that an adapter writes to disk shows a value without its key. Every write is on
 * disk before it resolves.
 */
export interface SecretStore {
  /** Every secret without its value, ordered by namespace and name. */
  list(): Promise<readonly SecretInfo[]>;
  /** The exact bytes, or undefined where there is no such secret. Throws `secret_unreadable` where its key is lost. */
  read(name: SecretName): Promise<Uint8Array | undefined>;
  /** `create` throws `secret_exists`; `replace` throws `secret_unknown`, and needs no old key. `now` is in milliseconds since 1970. */
  put(name: SecretName, value: Uint8Array, how: 'create' | 'replace', now: number): Promise<void>;
  /** False where there is none of that name. */
  remove(name: SecretName): Promise<boolean>;
  /** Encrypts every readable secret anew, with a key made now, and destroys the keys before it. Resolves with how many there were. */
  rotateKey(): Promise<number>;
  /** Tells which secret was written or removed, in order for each name, the watcher's own changes included. */
  watch(listener: (changed: SecretName) => void): Cancel;
}
