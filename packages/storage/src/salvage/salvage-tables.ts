import { CallChunk } from '../calls/call-chunk.ts';
import { chunkRows } from '../calls/pack-calls.ts';
import { type HistoryTable, rowFault } from '../sqlite/history-seal.ts';
import { sealOfKey } from '../sqlite/queue/queue-keys.ts';
import { sealOfName } from '../sqlite/queue/queue-names.ts';
import { outcomeOf } from '../sqlite/queue/queue-outcomes.ts';
import { idOf, sealOfItem } from '../sqlite/queue/queue-seals.ts';
import { rowOf } from '../sqlite/queue/queue-states.ts';
import { auditSum, intentSum } from '../sqlite/audit-rows.ts';
import { checksumOf, isSound, sealedTables } from '../sqlite/sealed-rows.ts';
import type { Value } from './cells.ts';

/** What a salvage knows of a table: enough to tell what was written from what was not. */
export interface SalvageTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rowid: boolean;
  /**
   * What is wrong with a row, undefined where nothing is. `inPlace` says that it was found where the schema has this table: rows with the checksums
   * of the first schemas, and of tables without any, count only there. `unsealed`: there, too, and old enough to be without a seal.
   */
  fault(row: readonly Value[], inPlace: boolean, unsealed: boolean): string | undefined;
  /** What a person calls it. */
  key?(row: readonly Value[]): string;
  /** Where a row holds many of what another table has one by one: that table, and how many. */
  readonly holds?: { readonly of: string; count(row: readonly Value[]): number };
}

const misfit = 'its checksum does not fit';
const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '');

const sealed: readonly SalvageTable[] = sealedTables.map((name) => ({
  name,
  columns: ['seq', 'key', 'body', 'checksum'],
  rowid: true,
  key: (row) => text(row[1]),
  fault([, key, body, checksum], inPlace) {
    if (!isSound(name, key, body, checksum)) return misfit;
    return inPlace || checksum === checksumOf(name, text(key), text(body)) ? undefined : misfit;
  },
}));

function history(name: HistoryTable, columns: string): SalvageTable {
  return {
    name,
    columns: columns.split(' '),
    rowid: true,
    fault: (row, _, unsealed) => rowFault(name, row, unsealed),
  };
}

function chunkFault(body: Value | undefined): string | undefined {
  try {
    new CallChunk(body as Uint8Array);
    return undefined;
  } catch {
    return 'it holds no calls';
  }
}

function names(name: 'queue_names' | 'queue_lanes'): SalvageTable {
  return {
    name,
    columns: ['id', 'name', 'seal'],
    rowid: true,
    key: (row) => text(row[1]),
    fault: ([id, named, seal], _, unsealed) =>
      typeof named === 'string' && (seal === null ? unsealed : seal === sealOfName(name, Number(id), named))
        ? undefined
        : misfit,
  };
}

const queue: readonly SalvageTable[] = [
  names('queue_names'),
  names('queue_lanes'),
  {
    name: 'queue_items',
    columns: ['seq', 'id', 'alias', 'head', 'body', 'checksum'],
    rowid: true,
    key: (row) => idOf(row[1]),
    fault: ([seq, id, alias, head, body, checksum]) =>
      typeof head === 'string' &&
      body instanceof Uint8Array &&
      (alias === null || typeof alias === 'string') &&
      sealOfItem(Number(seq), { id: idOf(id), alias, head, body }) === checksum
        ? undefined
        : misfit,
  },
  {
    name: 'queue_states',
    columns: 'seq lane callee state due expires enqueued epoch attempts crashes holder note checksum'.split(
      ' ',
    ),
    rowid: true,
    fault(row) {
      return rowOf(asObject(this.columns, row)).sound ? undefined : misfit;
    },
  },
  {
    name: 'queue_outcomes',
    columns: ['seq', 'id', 'alias', 'callee', 'state', 'kept', 'head', 'body', 'checksum'],
    rowid: true,
    key: (row) => idOf(row[1]),
    fault(row) {
      return outcomeOf(asObject(this.columns, row)) === undefined ? misfit : undefined;
    },
  },
  {
    name: 'queue_keys',
    columns: ['key', 'id', 'print', 'until', 'checksum'],
    rowid: false,
    fault: ([key, id, print, until, checksum]) =>
      key instanceof Uint8Array &&
      print instanceof Uint8Array &&
      sealOfKey(key, idOf(id), print, Number(until)) === checksum
        ? undefined
        : misfit,
  },
];

/**
 * The tables that are salvaged. Those that describe others (`sizes`, the blocks of the history) are written anew from what was kept. A new
 * table belongs in here; a test says so.
 */
export const salvageTables: readonly SalvageTable[] = [
  ...sealed,
  ...queue,
  {
    name: 'audit',
    columns: ['seq', 'body', 'hash', 'key', 'mac', 'checksum'],
    rowid: true,
    key: (row) => `record ${String(row[0])}`,
    fault: ([seq, body, hash, , , checksum]) =>
      auditSum(Number(seq), text(body), text(hash)) === checksum ? undefined : misfit,
  },
  {
    name: 'audit_intents',
    columns: ['id', 'body', 'checksum'],
    rowid: true,
    fault: ([, body, checksum]) => (intentSum(text(body)) === checksum ? undefined : misfit),
  },
  history('callees', 'id namespace name calls seal'),
  history(
    'calls',
    'seq id alias trigger callee version target instance method path started total wait wake run cold status bytes_in bytes_out error fault seal',
  ),
  {
    ...history('call_chunks', 'seq rows body seal'),
    fault: (row, _, unsealed) => rowFault('call_chunks', row, unsealed) ?? chunkFault(row[2]),
    holds: { of: 'calls', count: ([, rows]) => Math.min(Math.max(1, Number(rows) || 1), chunkRows) },
  },
  history('logs', 'seq callee version instance at stream text seal'),
  history('exits', 'seq callee at body seal'),
  history('scalings', 'seq callee at body seal'),
  history('captures', 'seq callee at id key nonce box seal'),
  history('call_links', 'seq trace replay_of seal'),
  history('metric_series', 'id key kind since seal'),
  history('metric_blocks', 'seq body seal'),
  history('metric_rounds', 'seq body seal'),
  {
    name: 'quarantine',
    columns: ['seq', 'at', 'origin', 'key', 'body', 'reason'],
    rowid: true,
    fault: ([, at, origin, , , reason], inPlace) =>
      inPlace && typeof at === 'number' && typeof origin === 'string' && typeof reason === 'string'
        ? undefined
        : 'it is no note of damage',
  },
];

/** Tables that a salvage writes anew. */
export const derivedTables: readonly string[] = ['sizes', 'call_blocks', 'log_blocks'];

function asObject(columns: readonly string[], row: readonly Value[]): Readonly<Record<string, Value>> {
  return Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null]));
}
