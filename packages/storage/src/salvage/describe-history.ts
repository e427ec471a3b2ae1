import type { DatabaseSync } from 'node:sqlite';
import type { FunctionName } from '@wherry/core/names';
import { CallChunk } from '../calls/call-chunk.ts';
import { blockOf, blockRows, type Description } from '../sqlite/blocks.ts';
import { bloomBytes, mark } from '../sqlite/callee-filter.ts';
import { chunkBytes } from '../sqlite/calls/call-chunks.ts';
import { sealOf } from '../sqlite/history-seal.ts';
import { readable, storable } from '../sqlite/storable-text.ts';

/** What rows that stand alone take: as `LogRows` has it, and for calls as it was when they had a row each. */
const alone = {
  calls: { time: 'started', text: 'path', bytes: 90 },
  logs: { time: 'at', text: 'text', bytes: 32 },
} as const;

type Blocks = Map<number, Description>;

/** Writes what the rows that were kept make of each block of the history. */
export function describeHistory(database: DatabaseSync): void {
  const [calls, logs]: [Blocks, Blocks] = [new Map(), new Map()];
  describeRows(database, 'calls', calls);
  describeChunks(database, calls);
  describeRows(database, 'logs', logs);
  put(database, 'call_blocks', calls);
  put(database, 'log_blocks', logs);
}

function describeRows(database: DatabaseSync, table: 'calls' | 'logs', blocks: Blocks): void {
  const { time, text, bytes } = alone[table];
  const block = `seq / ${blockRows}`;
  const sizes = `count(*) AS rows, sum(${bytes} + coalesce(length(${text}), 0)) AS bytes, min(${time}) AS earliest, max(${time}) AS latest`;
  const whose = database.prepare(`SELECT DISTINCT callee FROM ${table} WHERE ${block} = ?`);
  for (const row of database.prepare(`SELECT ${block} AS block, ${sizes} FROM ${table} GROUP BY 1`).all()) {
    const callees = new Uint8Array(bloomBytes);
    for (const { callee } of whose.iterate(row['block'] as number)) mark(callees, Number(callee));
    const described = row as unknown as Omit<Description, 'callees'>;
    blocks.set(described.block, { ...described, callees });
  }
}

function describeChunks(database: DatabaseSync, blocks: Blocks): void {
  const numbers = new CalleeNumbers(database);
  for (const row of database.prepare('SELECT * FROM call_chunks').iterate()) {
    const body = row['body'] as Uint8Array;
    const chunk = new CallChunk(body);
    const block = blockOf(Number(row['seq']));
    const before = blocks.get(block);
    const callees = before?.callees ?? new Uint8Array(bloomBytes);
    for (const callee of chunk.callees) mark(callees, numbers.of(callee));
    const times = Array.from({ length: chunk.rows }, (_, place) => chunk.startedAt(place));
    blocks.set(block, {
      block,
      rows: (before?.rows ?? 0) + chunk.rows,
      bytes: (before?.bytes ?? 0) + body.length + chunkBytes,
      earliest: Math.min(before?.earliest ?? Infinity, ...times),
      latest: Math.max(before?.latest ?? -Infinity, ...times),
      callees,
    });
  }
  numbers.write();
}

function put(database: DatabaseSync, table: 'call_blocks' | 'log_blocks', blocks: Blocks): void {
  const insert = database.prepare(`INSERT INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?)`);
  for (const { block, rows, bytes, earliest, latest, callees } of blocks.values()) {
    const values = [block, rows, bytes, earliest, latest, callees] as const;
    insert.run(...values, sealOf(table, values));
  }
}

/** Numbers of functions. A chunk has names, also of functions whose number was lost: they get another. */
class CalleeNumbers {
  readonly #database: DatabaseSync;
  readonly #known = new Map<string, number>();
  readonly #fresh: (FunctionName & { readonly id: number })[] = [];
  #last = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
    for (const { id, namespace, name } of database.prepare('SELECT * FROM callees').iterate()) {
      this.#known.set(keyOf({ namespace: readable(namespace), name: readable(name) }), Number(id));
      this.#last = Math.max(this.#last, Number(id));
    }
  }

  of(callee: FunctionName): number {
    const key = keyOf(callee);
    let id = this.#known.get(key);
    if (id === undefined) {
      id = this.#last += 1;
      this.#known.set(key, id);
      this.#fresh.push({ ...callee, id });
    }
    return id;
  }

  write(): void {
    const insert = this.#database.prepare('INSERT INTO callees VALUES (?, ?, ?, ?, ?)');
    for (const { id, namespace, name } of this.#fresh) {
      const values = [id, storable(namespace), storable(name), 0] as const;
      insert.run(...values, sealOf('callees', values));
    }
  }
}

function keyOf({ namespace, name }: FunctionName): string {
  return JSON.stringify([namespace, name]);
}
