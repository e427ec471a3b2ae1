import { createHash } from 'node:crypto';
import { type AuditAppend } from '@wherry/core/ports/audit-log';
import {
  auditBeginning,
  type AuditHead,
  type AuditRecord,
  boundedEntry,
  canonical,
  type ChainedRecord,
} from '@wherry/core/audit-record';
import type { AuditKey } from './audit-key.ts';

/** The head of a chain without records. */
export const beginning: AuditHead = { seq: 0, hash: auditBeginning };

/** SHA-256 of the hash before, a line feed, and the record's canonical JSON, all in UTF-8. */
export function linkHash(previous: string, body: string): string {
  return createHash('sha256').update(`${previous}\n${body}`).digest('hex');
}

/** The records as they are kept, behind `head`. */
export function link(
  head: AuditHead,
  records: readonly Pick<AuditAppend, 'entry'>[],
  key: AuditKey | undefined,
): readonly ChainedRecord[] {
  let { seq, hash } = head;
  return records.map(({ entry }) => {
    seq += 1;
    const record: AuditRecord = { ...boundedEntry(entry), seq };
    const body = canonical(record);
    hash = linkHash(hash, body);
    return { seq, body, hash, ...proof(hash, key) };
  });
}

export function proof(
  hash: string,
  key: AuditKey | undefined,
): { readonly key: string; readonly mac: string } {
  return key === undefined ? { key: '', mac: '' } : { key: key.id, mac: key.mac(hash) };
}

/** The record in a kept text; undefined where it is none. */
export function recordIn(body: string): AuditRecord | undefined {
  try {
    const value = JSON.parse(body) as AuditRecord | null;
    return typeof value === 'object' && value !== null && Number.isSafeInteger(value.seq) ? value : undefined;
  } catch {
    return undefined;
  }
}
