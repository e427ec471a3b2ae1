import type { CallRecord } from '@wherry/core/call-record';
import type { ErrorCode, Fault } from '@wherry/core/errors';
import type { CallQuery } from '@wherry/core/ports/call-records';
import type { FunctionName } from '@wherry/core/names';
import { packUuid, unpackUuid } from '../sqlite/uuid.ts';
import { Column } from './columns.ts';
import { columnCount, columns, format, prefixBytes, triggers } from './pack-calls.ts';

type Head = readonly [
  callees: readonly (readonly [namespace: string, name: string])[],
  texts: readonly string[],
];

/** Calls as `packCalls` wrote them. Only what is asked for is made out of them. */
export class CallChunk {
  readonly rows: number;
  readonly #bytes: Buffer;
  readonly #columns: readonly Column[];
  readonly #callees: Head[0];
  readonly #texts: Head[1];

  /** Throws a RangeError or a SyntaxError where the bytes are no chunk. */
  constructor(body: Uint8Array) {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    if (view.getUint8(0) !== format) throw new RangeError(`no format of calls: ${view.getUint8(0)}`);
    this.#bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.rows = view.getUint8(1);
    const head = prefixBytes + this.rows * 16;
    let at = head + view.getUint32(2, true);
    [this.#callees, this.#texts] = JSON.parse(this.#bytes.toString('utf8', head, at)) as Head;
    this.#columns = Array.from({ length: columnCount }, () => {
      const column = new Column(view, at, this.rows);
      at = column.end;
      return column;
    });
    if (at !== body.byteLength) throw new RangeError('more than a chunk');
  }

  /** Rows that are asked for, the newest first. */
  *find(query: Omit<CallQuery, 'limit'>): Generator<number> {
    const fits = this.#filter(query);
    if (fits === undefined) return;
    for (let row = this.rows - 1; row >= 0; row -= 1) if (fits(row)) yield row;
  }

  get callees(): readonly FunctionName[] {
    return this.#callees.map(([namespace, name]) => ({ namespace, name }));
  }

  startedAt(row: number): number {
    return this.#number(columns.started, row);
  }

  record(row: number): CallRecord {
    const callee = this.#callees[this.#number(columns.callee, row)];
    const [namespace, name] = callee ?? [];
    const alias = this.#text(columns.alias, row);
    const instance = this.#text(columns.instance, row);
    const error = this.#text(columns.error, row);
    const fault = this.#text(columns.fault, row);
    const traceId = this.#text(columns.trace, row);
    const replayOf = this.#text(columns.replayOf, row);
    return {
      id: this.#text(columns.id, row) ?? unpackUuid(this.#id(row)),
      ...(alias === undefined ? {} : { alias }),
      trigger: triggers[this.#number(columns.trigger, row)] ?? 'internal',
      target: this.#text(columns.target, row) ?? name ?? '',
      ...(namespace === undefined || name === undefined
        ? {}
        : { deployment: { namespace, name, version: this.#number(columns.version, row) } }),
      ...(instance === undefined ? {} : { instance }),
      method: this.#text(columns.method, row) ?? '',
      path: this.#text(columns.path, row) ?? '',
      startedAt: this.startedAt(row),
      totalMs: this.#number(columns.total, row),
      waitMs: this.#number(columns.wait, row),
      wakeMs: this.#number(columns.wake, row),
      runMs: this.#number(columns.run, row),
      cold: this.#number(columns.cold, row) === 1,
      status: this.#number(columns.status, row),
      bytesIn: this.#number(columns.bytesIn, row),
      bytesOut: this.#number(columns.bytesOut, row),
      ...(traceId === undefined ? {} : { traceId }),
      ...(replayOf === undefined ? {} : { replayOf }),
      ...(error === undefined ? {} : { error: error as ErrorCode }),
      ...(fault === undefined ? {} : { fault: fault as Fault }),
    };
  }

  /** Undefined where not one row can fit, which mostly the head says already. */
  #filter(query: Omit<CallQuery, 'limit'>): ((row: number) => boolean) | undefined {
    const { target, id, instance, trace, since = -Infinity, until = Infinity } = query;
    const mine = this.#callees.map(
      ([namespace, name]) => namespace === target?.namespace && name === target.name,
    );
    if (target !== undefined && !mine.includes(true)) return undefined;
    for (const text of [instance, trace])
      if (text !== undefined && !this.#texts.includes(text)) return undefined;
    const key = id === undefined ? undefined : idBytes(id);
    const named = id !== undefined && this.#texts.includes(id);
    if (id !== undefined && !named && (key === undefined || !this.#bytes.includes(key))) return undefined;
    return (row) =>
      (target === undefined || mine[this.#number(columns.callee, row)] === true) &&
      (instance === undefined || this.#text(columns.instance, row) === instance) &&
      (trace === undefined || this.#text(columns.trace, row) === trace) &&
      (id === undefined || this.#isCalled(row, id, key)) &&
      this.startedAt(row) >= since &&
      this.startedAt(row) <= until;
  }

  #isCalled(row: number, id: string, key: Buffer | undefined): boolean {
    if (this.#text(columns.alias, row) === id) return true;
    const text = this.#text(columns.id, row);
    return text === undefined ? key !== undefined && this.#id(row).equals(key) : text === id;
  }

  #id(row: number): Buffer {
    return this.#bytes.subarray(prefixBytes + row * 16, prefixBytes + row * 16 + 16);
  }

  #number(column: number, row: number): number {
    return this.#columns[column]!.at(row);
  }

  #text(column: number, row: number): string | undefined {
    return this.#texts[this.#number(column, row)];
  }
}

/** The bytes that stand for an id; undefined where it is no UUID. */
function idBytes(id: string): Buffer | undefined {
  const bytes = Buffer.alloc(16);
  return packUuid(id, bytes, 0) ? bytes : undefined;
}
