import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WherryError } from '@wherry/core/errors';

export const auditKeyFile = 'audit.key';
const line = /^([0-9a-f]{8}) ([A-Za-z0-9_-]{43})\s*$/;

/** What proves that this gateway wrote a record: in a file of its own, so that who has the database alone can forge none. */
export class AuditKey {
  /** No part of the key itself. */
  readonly id: string;
  readonly #bytes: Buffer;

  private constructor(id: string, bytes: Buffer) {
    this.id = id;
    this.#bytes = bytes;
  }

  /** Undefined where there is none. Throws `audit_unavailable` where the file cannot be used: a new key in its place would hide that. */
  static read(path: string): AuditKey | undefined {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    if (process.platform !== 'win32' && (found.mode & 0o077) !== 0)
      throw unusable(path, `others can read it (mode ${(found.mode & 0o777).toString(8)})`);
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      throw unusable(path, (error as Error).message);
    }
    const [, id, key] = line.exec(text) ?? [];
    if (id === undefined || key === undefined) throw unusable(path, 'it holds no key');
    return new AuditKey(id, Buffer.from(key, 'base64url'));
  }

  /** On the disk when this returns. */
  static make(home: string): AuditKey {
    const [id, bytes] = [randomBytes(4).toString('hex'), randomBytes(32)];
    const path = join(home, auditKeyFile);
    const file = openSync(`${path}.new`, 'w', 0o600);
    try {
      writeSync(file, `${id} ${bytes.toString('base64url')}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.new`, path);
    if (process.platform !== 'win32') {
      const folder = openSync(dirname(path), 'r');
      fsyncSync(folder);
      closeSync(folder);
    }
    return new AuditKey(id, bytes);
  }

  mac(text: string): string {
    return createHmac('sha256', this.#bytes).update(text).digest('hex');
  }

  proves(text: string, mac: string): boolean {
    const [given, right] = [Buffer.from(mac), Buffer.from(this.mac(text))];
    return given.length === right.length && timingSafeEqual(given, right);
  }
}

function unusable(path: string, why: string): WherryError {
  return new WherryError('audit_unavailable', `${path}: ${why}`, {
    component: 'audit',
    next: `Put the right file back from a copy, for its owner only (chmod 600). Without one: stop the gateway, remove it, wherry audit accept`,
  });
}
