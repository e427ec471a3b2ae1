import type { Exit } from '@wherry/core/instance';
import type { ScalingRecord } from '@wherry/core/scaling-record';
import { CallChunk } from '../calls/call-chunk.ts';
import { unpackUuid } from '../sqlite/uuid.ts';
import { collect } from './collect.ts';
import { PageFile } from './page-file.ts';
import { PageMap } from './page-map.ts';

/** The pages that each record lies in, from the sound file. */
export function placesOf(path: string): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, readonly number[]>();
  const callees = new Map<unknown, readonly number[]>();
  const states = new Map<unknown, readonly number[]>();
  const file = new PageFile(path);
  const map = new PageMap(file);
  // What is due is found by an index alone; one that is damaged in several places may hide a call until it is mended.
  const roots = new Map(map.schema().map(({ name, root }) => [name, root]));
  const names: number[] = [...(map.trees().get(roots.get('queue_due') ?? 0) ?? [])];
  // From the first page of a table on: one that leads elsewhere hides what is below, which is told.
  const above = (name: string) =>
    ['queue_items', 'exits', 'scalings'].includes(name) ? [roots.get(name) ?? 0] : [];
  const rows: { name: string; row: readonly unknown[]; pages: readonly number[] }[] = [];
  collect(file, ({ table: { name }, row, pages }) => {
    rows.push({ name, row, pages });
    if (name === 'callees') callees.set(row[0], pages);
    if (name === 'queue_states') states.set(row[0], pages);
    if (name === 'queue_names' || name === 'queue_lanes') names.push(...pages);
  });
  file.close();
  for (const { name, row, pages } of rows) {
    // A record whose function is not known any more is none.
    const callee = { calls: row[4], logs: row[1], exits: row[1], scalings: row[1] }[name];
    const others =
      name === 'queue_items' ? [...(states.get(row[0]) ?? []), ...names] : (callees.get(callee) ?? []);
    for (const key of keysOf(name, row)) places.set(key, [...pages, ...others, ...above(name)]);
  }
  return places;
}

/** What of the ledger lies in a row. */
function keysOf(table: string, row: readonly unknown[]): string[] {
  if (table !== 'call_chunks') return [`${table} ${keyOf(table, row)}`];
  const chunk = new CallChunk(row[2] as Uint8Array);
  return Array.from({ length: chunk.rows }, (_, place) => `calls ${chunk.record(place).id}`);
}

function keyOf(table: string, row: readonly unknown[]): string {
  if (table === 'calls' || table === 'queue_items') return unpackUuid(row[1] as Uint8Array);
  if (table === 'logs') return String(row[6]).slice(0, 12);
  if (table === 'scalings') return (JSON.parse(String(row[3])) as ScalingRecord).reason;
  if (table === 'exits') return (JSON.parse(String(row[3])) as Exit).instance;
  const key = String(row[1]);
  return key.startsWith('[') ? ((JSON.parse(key) as string[]).at(-1) ?? '') : key;
}
