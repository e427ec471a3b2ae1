import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditHead } from '@wherry/core/audit-record';
import { createPrivate } from '../sqlite/home-lock.ts';
import type { AuditKey } from './audit-key.ts';

export const auditHeadFile = 'audit.head';
/** Two lines of fixed length that are written in turn: whatever is cut off half-way, the other one is whole. */
const slotBytes = 192;
const slot = /^wherry-audit 1 (\d{16}) ([0-9a-f]{64}) ([0-9a-f]{8}) ([0-9a-f]{64}) *\n$/;

/** What a head file says. */
export type NotedHead =
  | { readonly kind: 'none' }
  /** `proved`: by the key that is here. `torn`: one of the two lines is no line any more. */
  | ({ readonly kind: 'noted'; readonly proved: boolean; readonly torn: boolean } & AuditHead)
  | { readonly kind: 'garbled' };

/**
 * The newest record's number and hash, apart from the database: a database whose end was cut off, or that was replaced by an older copy, does not
 * fit it. Written over in place, so that a full disk has room for it.
 */
export class HeadFile {
  readonly #path: string;

  constructor(home: string) {
    this.#path = join(home, auditHeadFile);
  }

  read(key: AuditKey | undefined): NotedHead {
    if (statSync(this.#path, { throwIfNoEntry: false }) === undefined) return { kind: 'none' };
    const text = readFileSync(this.#path, 'latin1');
    if (text === '') return { kind: 'none' };
    const lines = [text.slice(0, slotBytes), text.slice(slotBytes)];
    const heads = lines.flatMap((one) => {
      const [, seq, hash = '', id, mac = ''] = slot.exec(one) ?? [];
      if (seq === undefined) return [];
      const proved = key?.id === id && key?.proves(signed(Number(seq), hash), mac) === true;
      return [{ seq: Number(seq), hash, proved }];
    });
    const [best] = heads.sort((a, b) => Number(b.proved) - Number(a.proved) || b.seq - a.seq);
    if (best === undefined) return { kind: 'garbled' };
    const torn = heads.length < 2 || heads.some(({ proved }) => proved !== best.proved);
    return { kind: 'noted', torn, ...best };
  }

  /** Both lines: for a chain that begins, or is taken as it is. */
  begin(head: AuditHead, key: AuditKey): void {
    this.#put(head, key, [0, 1]);
  }

  /** Not flushed: what a power cut takes of it, the records themselves prove. */
  write(head: AuditHead, key: AuditKey): void {
    this.#put(head, key, [head.seq % 2]);
  }

  #put({ seq, hash }: AuditHead, key: AuditKey, slots: readonly number[]): void {
    createPrivate(this.#path);
    const text = `wherry-audit 1 ${String(seq).padStart(16, '0')} ${hash} ${key.id} ${key.mac(signed(seq, hash))}`;
    const file = openSync(this.#path, 'r+');
    try {
      for (const at of slots) writeSync(file, `${text.padEnd(slotBytes - 1)}\n`, at * slotBytes);
    } finally {
      closeSync(file);
    }
  }
}

function signed(seq: number, hash: string): string {
  return `wherry audit head ${seq} ${hash}`;
}
