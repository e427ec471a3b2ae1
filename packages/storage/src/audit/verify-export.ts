import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { AuditVerdict, ChainedRecord } from '@wherry/core/audit-record';
import { WherryError } from '@wherry/core/errors';
import { AuditKey } from './audit-key.ts';
import { ChainCheck } from './chain-check.ts';

const line = /^\{"seq":(\d{1,15}),"hash":"([^"\\]*)","key":"([^"\\]*)","mac":"([^"\\]*)","record":(.*)\}$/;
const headLine = /^\{"head":(\{.*\})\}$/;

/**
 * Verifies an export without a gateway, line by line. With the key it also says whether this gateway wrote it; without, whoever changed one
 * record could have made all the others anew. Throws `audit_refused`.
 */
export async function verifyExport(path: string, keyPath?: string): Promise<AuditVerdict> {
  const key = keyPath === undefined ? undefined : AuditKey.read(keyPath);
  if (keyPath !== undefined && key === undefined) throw refused(`there is no key at ${keyPath}`);
  // The head comes last, so everything before it proves itself, where a key is given.
  const check = new ChainCheck(key, key === undefined ? Number.MAX_SAFE_INTEGER : 0, true);
  let head: Omit<ChainedRecord, 'body'> | undefined;
  let number = 0;
  for await (const text of linesOf(path)) {
    number += 1;
    const row = rowIn(text);
    const end = row === undefined ? headIn(text) : undefined;
    if (row !== undefined) check.take(row);
    else if (end !== undefined) head = end;
    else if (number === 1) throw refused(`the first line of ${path} is no record`);
    else check.garbled(number);
  }
  if (head === undefined) check.cutHere('the last line, which says where it ends, is missing');
  else if (key !== undefined && (head.key !== key.id || !key.proves(head.hash, head.mac)))
    check.unproved(head.seq, 'the line that says where it ends was not written with this key');
  return check.finish(head);
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const input = createReadStream(path);
  const lines = createInterface({ input, crlfDelay: Infinity });
  try {
    for await (const text of lines) if (text !== '') yield text;
  } catch (error) {
    throw refused((error as Error).message);
  }
}

function rowIn(text: string): ChainedRecord | undefined {
  const [, seq, hash = '', key = '', mac = '', body = ''] = line.exec(text) ?? [];
  return seq === undefined ? undefined : { seq: Number(seq), hash, key, mac, body };
}

function headIn(text: string): Omit<ChainedRecord, 'body'> | undefined {
  try {
    const head = JSON.parse(headLine.exec(text)?.[1] ?? '') as Record<string, unknown>;
    const [hash, key, mac] = ['hash', 'key', 'mac'].map((name) => String(head[name]));
    return { seq: Number(head['seq']), hash: hash!, key: key!, mac: mac! };
  } catch {
    return undefined;
  }
}

function refused(why: string): WherryError {
  return new WherryError('audit_refused', why, { component: 'audit' });
}
