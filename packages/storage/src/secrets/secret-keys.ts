import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { WherryError } from '@wherry/core/errors';

export interface SecretKey {
  /** Which secrets it opens; no part of the key itself. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

const component = 'storage';
const line = /^([0-9a-f]{8}) ([A-Za-z0-9_-]{43})$/;
const preamble = `# The keys of the secrets in wherry.db; the first one is used for new ones. Whoever has this file and the database has the secrets.
# Without it they are lost: keep a copy of it, and not beside a copy of the database.
`;

/**
 * The keys that secrets are encrypted with, in a file of their own: a copy of the database alone gives none away. Made when the first
 * secret is written, so that a gateway without secrets has no key to lose.
 */
export class SecretKeys {
  readonly #path: string;
  #keys: SecretKey[];

  /** Throws `storage_failed` where the file is there and cannot be used: a new key in its place would hide that. */
  constructor(path: string) {
    this.#path = path;
    this.#keys = read(path);
  }

  get(id: string): SecretKey | undefined {
    return this.#keys.find((key) => key.id === id);
  }

  /** The key for what is written now. */
  current(): SecretKey {
    return this.#keys[0] ?? this.add();
  }

  /** A new key, in use from now on. It is on disk when this returns: nothing is ever encrypted with a key that may be lost. */
  add(): SecretKey {
    const key: SecretKey = { id: randomBytes(4).toString('hex'), bytes: randomBytes(32) };
    this.#keep([key, ...this.#keys]);
    return key;
  }

  /** Destroys every key but the one in use. */
  retire(): void {
    this.#keep(this.#keys.slice(0, 1));
  }

  #keep(keys: SecretKey[]): void {
    const lines = keys.map(({ id, bytes }) => `${id} ${Buffer.from(bytes).toString('base64url')}\n`);
    try {
      replace(this.#path, preamble + lines.join(''));
    } catch (error) {
      throw unusable(this.#path, (error as Error).message, error);
    }
    this.#keys = keys;
  }
}

function read(path: string): SecretKey[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  const mode = found.mode & 0o777;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw unusable(path, `others can read it (mode ${mode.toString(8)})`, undefined, `chmod 600 ${path}`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw unusable(path, (error as Error).message, error);
  }
  return text
    .split('\n')
    .filter((one) => one.trim() !== '' && !one.startsWith('#'))
    .map((one, i) => {
      const [, id, key] = line.exec(one.trim()) ?? [];
      if (id === undefined || key === undefined) throw unusable(path, `entry ${i + 1} is no key`);
      return { id, bytes: Buffer.from(key, 'base64url') };
    });
}

/** Beside it and renamed, and the folder flushed too: there is always one whole file. */
function replace(path: string, text: string): void {
  const fresh = `${path}.new`;
  const file = openSync(fresh, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function unusable(
  path: string,
  why: string,
  cause?: unknown,
  next = `Put the right file back from a copy. Without one, move ${path} away: secrets must then be written anew.`,
): WherryError {
  return new WherryError('storage_failed', `${path}: ${why}`, { component, next, cause });
}
