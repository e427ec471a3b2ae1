import { randomBytes, randomFillSync } from 'node:crypto';
import type { Ids } from '@wherry/core/ports/ids';

const pool = Buffer.alloc(8192);
let used = pool.length;

/** Random bytes from a pool: one system call for many ids. Each is used once. */
function random(bytes: number): number {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const at = used;
  used += bytes;
  return at;
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const pair = (at: number): string => hex[pool[at] as number] as string;

let lastMs = -1;
let prefix = '';

/** UUID version 7: 48 bits of time, then random (RFC 9562 section 5.7). */
function callId(): string {
  const now = Date.now();
  if (now !== lastMs) {
    lastMs = now;
    const time = now.toString(16).padStart(12, '0');
    prefix = `${time.slice(0, 8)}-${time.slice(8)}-7`;
  }
  const at = random(10);
  const variant = hex[((pool[at + 2] as number) & 0x3f) | 0x80] as string;
  return `${prefix}${pair(at).slice(1)}${pair(at + 1)}-${variant}${pair(at + 3)}-${pair(at + 4)}${pair(at + 5)}${pair(at + 6)}${pair(at + 7)}${pair(at + 8)}${pair(at + 9)}`;
}

/** 64 random bits; all of them zero would be no id (W3C Trace Context, section 3.2.2.4). */
function spanId(): string {
  const at = random(8);
  let text = '';
  for (let i = at; i < at + 8; i += 1) text += pair(i);
  return text === '0'.repeat(16) ? spanId() : text;
}

export const machineIds: Ids = {
  callId,
  spanId,
  shortId: () => randomBytes(6).toString('hex'),
  secret: () => randomBytes(32).toString('base64url'),
};
