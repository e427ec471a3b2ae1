import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readPrivate, writePrivate } from './private-file.ts';

const remedy = ', and make a new one: remove it and start again';

/** A secret file of the gateway's own, made where there is none: when somebody first asks, because few ever do. */
function secretAt(path: string): string {
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    writePrivate(path, randomBytes(32).toString('base64url'));
  return readPrivate(path, remedy);
}

/** What clients sign their uploads with: the text of the file, as OpenFaaS's client reads it. */
export const payloadSecret = (path: string): Buffer => Buffer.from(secretAt(path));

/** The private half of the key that build secrets are sealed for: 32 bytes, in base64 (url). */
export const builderKey = (path: string): Buffer => Buffer.from(secretAt(path), 'base64url').subarray(0, 32);

/** What answers to callers are signed with. */
export const callbackKey = (home: string): Buffer =>
  Buffer.from(secretAt(join(home, 'callback.key')), 'base64url');
