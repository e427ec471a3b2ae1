import type { CallRecord, Trigger } from '@wherry/core/call-record';
import type { DeploymentKey } from '@wherry/core/function';
import type { FunctionName } from '@wherry/core/names';
import { packUuid } from '../sqlite/uuid.ts';
import { mostBytes, putColumn } from './columns.ts';

/** Calls to a chunk, at most: usual ones fill about a page of the database. */
export const chunkRows = 96;

/** By their place, which is what a chunk holds: new ones go to the end. */
export const triggers: readonly Trigger[] = ['http', 'async', 'schedule', 'event', 'internal'];

/** The columns of a chunk, in order. Texts and functions are places in its head, -1 for none. */
export const columns = {
  ...{ id: 0, alias: 1, trigger: 2, callee: 3, version: 4, target: 5, instance: 6, method: 7, path: 8 },
  ...{ started: 9, total: 10, wait: 11, wake: 12, run: 13, cold: 14, status: 15, bytesIn: 16, bytesOut: 17 },
  ...{ error: 18, fault: 19, trace: 20, replayOf: 21 },
} as const;
export const columnCount = 22;

/** What stands at a chunk's beginning: its format, its rows, and the length of its head. */
export const format = 1;
export const prefixBytes = 6;

/** What the database must know of a chunk to put it where it is found. */
export interface ChunkNote {
  readonly rows: number;
  /** Where its bytes end among those of the batch. */
  readonly end: number;
  /** When the first and the last of its calls began. */
  readonly earliest: number;
  readonly latest: number;
  /** Whose calls they are, and how many. */
  readonly callees: readonly FunctionName[];
  readonly calls: readonly number[];
}

/** Records on their way to the database's thread, as what will lie on the disk: that thread has nothing to do with each of them. */
export interface CallBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly chunks: readonly ChunkNote[];
}

/** How much a batch weighs, roughly, while it waits. */
export function weightOf({ bytes, chunks }: CallBatch): number {
  return bytes.length + chunks.length * 200;
}

/**
 * Calls as chunks, one after the other. A chunk: its format and its number of calls (a byte each), the length of its head (four bytes, the
 * lowest first), the ids (16 bytes each, zero where an id is no UUID and stands among the texts), its head (functions and texts, as JSON),
 * and the columns.
 */
export function packCalls(records: readonly CallRecord[]): CallBatch {
  const chunks: ChunkNote[] = [];
  let end = 0;
  for (let from = 0; from < records.length; from += chunkRows) {
    const note = putChunk(records, from, Math.min(chunkRows, records.length - from), end);
    chunks.push(note);
    end = note.end;
  }
  const bytes = new Uint8Array(page.subarray(0, end));
  if (page.length > usualPage * 16) setPage(Buffer.alloc(usualPage));
  return { bytes, chunks };
}

const usualPage = 2 ** 16;
/** What is packed lies here first, by columns, and then as bytes; the same for every batch. */
const numbers = new Float64Array(columnCount * chunkRows);
let page = Buffer.alloc(usualPage);
let view = new DataView(page.buffer, page.byteOffset);

function setPage(to: Buffer<ArrayBuffer>): void {
  page = to;
  view = new DataView(page.buffer, page.byteOffset);
}

function hold(bytes: number): void {
  if (bytes > page.length) setPage(Buffer.concat([page], Math.max(bytes, page.length * 2)));
}

function putChunk(records: readonly CallRecord[], from: number, rows: number, start: number): ChunkNote {
  hold(start + prefixBytes + rows * 16);
  const texts = new TextColumns();
  const callees = new CalleePlaces();
  let [earliest, latest] = [Infinity, -Infinity];
  for (let row = 0; row < rows; row += 1) {
    const record = records[from + row]!;
    const hasUuid = packUuid(record.id, page, start + prefixBytes + row * 16);
    putRow(row, record, callees.put(record.deployment), hasUuid, texts);
    if (record.startedAt < earliest) earliest = record.startedAt;
    if (record.startedAt > latest) latest = record.startedAt;
  }
  const head = JSON.stringify([callees.names.map(({ namespace, name }) => [namespace, name]), texts.all]);
  let at = start + prefixBytes + rows * 16;
  hold(at + head.length * 3 + columnCount * mostBytes(rows));
  const headBytes = page.write(head, at, 'utf8');
  view.setUint8(start, format);
  view.setUint8(start + 1, rows);
  view.setUint32(start + 2, headBytes, true);
  at += headBytes;
  for (let column = 0; column < columnCount; column += 1)
    at = putColumn(view, at, numbers, column * chunkRows, rows);
  return { rows, end: at, earliest, latest, callees: callees.names, calls: callees.calls };
}

function putRow(row: number, record: CallRecord, callee: number, hasUuid: boolean, texts: TextColumns): void {
  const { deployment, target } = record;
  const set = (column: number, value: number): void => {
    numbers[column * chunkRows + row] = value;
  };
  set(columns.id, hasUuid ? -1 : texts.put(0, record.id));
  set(columns.alias, texts.put(1, record.alias));
  set(columns.trigger, triggers.indexOf(record.trigger));
  set(columns.callee, callee);
  set(columns.version, deployment === undefined ? -1 : deployment.version);
  // Mostly it is the function's bare name, which is there already.
  set(columns.target, deployment !== undefined && deployment.name === target ? -1 : texts.put(2, target));
  set(columns.instance, texts.put(3, record.instance));
  set(columns.method, texts.put(4, record.method));
  set(columns.path, texts.put(5, record.path));
  set(columns.started, record.startedAt);
  set(columns.total, record.totalMs);
  set(columns.wait, record.waitMs);
  set(columns.wake, record.wakeMs);
  set(columns.run, record.runMs);
  set(columns.cold, record.cold ? 1 : 0);
  set(columns.status, record.status);
  set(columns.bytesIn, record.bytesIn);
  set(columns.bytesOut, record.bytesOut);
  set(columns.error, texts.put(6, record.error));
  set(columns.fault, texts.put(7, record.fault));
  set(columns.trace, texts.put(8, record.traceId));
  set(columns.replayOf, texts.put(9, record.replayOf));
}

/** Whose the calls of a chunk are, by identity: calls of one deployment share the object that names it. */
class CalleePlaces {
  readonly names: FunctionName[] = [];
  readonly calls: number[] = [];
  readonly #places = new Map<DeploymentKey, number>();
  #last: DeploymentKey | undefined;
  #place = -1;

  put(deployment: DeploymentKey | undefined): number {
    if (deployment === undefined) return -1;
    if (deployment !== this.#last) {
      this.#last = deployment;
      this.#place = this.#places.get(deployment) ?? this.#add(deployment);
    }
    this.calls[this.#place]! += 1;
    return this.#place;
  }

  #add(deployment: DeploymentKey): number {
    const { namespace, name } = deployment;
    this.#places.set(deployment, this.names.length);
    this.calls.push(0);
    return this.names.push({ namespace, name }) - 1;
  }
}

/** Texts of a chunk, each there once. Mostly one is the same as its column's last, which is found without looking it up. */
class TextColumns {
  readonly all: string[] = [];
  readonly #last: (string | undefined)[] = new Array<undefined>(10).fill(undefined);
  readonly #place = new Int32Array(10);
  readonly #places = new Map<string, number>();

  put(column: number, text: string | undefined): number {
    if (text === undefined) return -1;
    if (this.#last[column] === text) return this.#place[column]!;
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.all.push(text) - 1;
      this.#places.set(text, place);
    }
    this.#last[column] = text;
    return (this.#place[column] = place);
  }
}
