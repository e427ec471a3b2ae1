import { crc32 } from 'node:zlib';
import { packUuid, unpackUuid } from '../uuid.ts';

/** Where one item stands, as its row has it. */
export interface StateRow {
  readonly seq: number;
  readonly lane: number;
  readonly callee: number;
  state: number;
  due: number;
  expires: number;
  readonly enqueued: number;
  epoch: number;
  attempts: number;
  crashes: number;
  holder: number;
  /** What there is to say of the last attempt, as JSON; empty where nothing is. */
  note: string;
}

export const waiting = 0;
export const running = 1;
export const dead = 2;

const numbers = new Float64Array(11);
const bytes = new Uint8Array(numbers.buffer);

/** The CRC-32 of everything in a row: of `queue_states`. */
export function sealOfState(row: StateRow): number {
  numbers[0] = row.seq;
  numbers[1] = row.lane;
  numbers[2] = row.callee;
  numbers[3] = row.state;
  numbers[4] = row.due;
  numbers[5] = row.expires;
  numbers[6] = row.enqueued;
  numbers[7] = row.epoch;
  numbers[8] = row.attempts;
  numbers[9] = row.crashes;
  numbers[10] = row.holder;
  const seal = crc32(bytes);
  return row.note === '' ? seal : crc32(row.note, seal);
}

/** Of `queue_items` and `queue_outcomes`: what identifies it, what stands beside the body, and the body. */
export function sealOf(key: string, head: string, body: Uint8Array): number {
  return crc32(body, crc32(head, crc32(`${key}\n`)));
}

/** Of a row of `queue_items`. Its number too: one that changed would give the call to where another stands. */
export function sealOfItem(
  seq: number,
  { id, alias, head, body }: { id: string; alias: string | null; head: string; body: Uint8Array },
): number {
  return sealOf(`${seq} ${id} ${alias ?? ''}`, head, body);
}

/** An id as a column holds it: the 16 bytes of a UUID, or another id as text. */
export function idColumn(id: string): string | Uint8Array {
  const packed = new Uint8Array(16);
  return packUuid(id, packed, 0) ? packed : id;
}

export function idOf(column: unknown): string {
  return column instanceof Uint8Array && column.length === 16 ? unpackUuid(column) : String(column);
}
