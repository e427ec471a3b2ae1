import { createHash } from 'node:crypto';
import type { NewItem } from '@wherry/core/ports/call-queue';

/** What an idempotency key is remembered by: keys of different lanes have nothing to do with each other. */
export function keyDigest(lane: string, key: string): Uint8Array {
  return digest([lane, key]);
}

/** What makes two calls the same call: what is asked of whom. Not who asks, or when. */
export function printOf({ head, body }: Pick<NewItem, 'head' | 'body'>): Uint8Array {
  return digest([head.target, head.method, head.path, head.callback ?? '', body]);
}

/** 128 bits are enough: nobody gains by finding two that collide, who has the one token anyway. */
function digest(parts: readonly (string | Uint8Array)[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}\n`).update(part);
  return new Uint8Array(hash.digest().subarray(0, 16));
}
