import type { StatementSync } from 'node:sqlite';
import { packBlock, readBlock, type Block, type ReadBlock } from '../../metrics/block-body.ts';
import type { Level } from '../../metrics/levels.ts';
import { most } from '../../metrics/series-index.ts';
import type { Shelf } from '../../metrics/shelf.ts';
import type { DatabaseFile } from '../database-file.ts';
import { sealOf, type SealCheck } from '../history-seal.ts';

/** A row's number is level, block of time and series, in 2, 26 and 25 bits. */
const idRange = most.numbers;
const slotRange = 2 ** 26;
/** What a row takes besides its body. */
const rowBytes = 24;

/** Blocks of numbers as rows; written only within a transaction. */
export class MetricShelf implements Shelf {
  readonly #levels: readonly Level[];
  readonly #file: DatabaseFile;
  readonly #check: SealCheck;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  #slots: number[][] = [];

  constructor(file: DatabaseFile, levels: readonly Level[], check: SealCheck) {
    this.#file = file;
    this.#levels = levels;
    this.#check = check;
    this.#get = file.history.prepare('SELECT * FROM metric_blocks WHERE seq=?');
    this.#put = file.history.prepare('INSERT OR REPLACE INTO metric_blocks VALUES (?, ?, ?)');
    this.reload();
  }

  /** Takes up where the file stands. Jumps from one block of time to the next: there are few. */
  reload(): void {
    const next = this.#file.history.prepare('SELECT min(seq) AS seq FROM metric_blocks WHERE seq >= ?');
    this.#slots = this.#levels.map(() => []);
    for (let from = 0; ; ) {
      const seq = next.get(from)?.['seq'] ?? null;
      if (seq === null) return;
      const place = Math.floor(Number(seq) / idRange);
      this.#slots[Math.floor(place / slotRange)]?.push(place % slotRange);
      from = (place + 1) * idRange;
    }
  }

  get(level: number, slot: number, id: number): ReadBlock | undefined {
    if (!this.#slots[level]!.includes(slot)) return undefined;
    const row = this.#get.get(seqOf(level, slot, id));
    if (row === undefined || !this.#check.passes(row)) return undefined;
    return readBlock(row['body'] as Uint8Array, this.#levels[level]!.everyMs);
  }

  put(level: number, slot: number, id: number, block: Block): void {
    const seq = seqOf(level, slot, id);
    const body = packBlock(block, this.#levels[level]!.everyMs);
    this.#put.run(seq, body, sealOf('metric_blocks', [seq, body]));
    const slots = this.#slots[level]!;
    if (slots.includes(slot)) return;
    slots.push(slot);
    slots.sort((one, other) => one - other);
  }

  slots(level: number): readonly number[] {
    return this.#slots[level]!;
  }

  *sizes(level: number, slot: number): Iterable<{ readonly id: number; readonly bytes: number }> {
    const first = seqOf(level, slot, 0);
    const sql = 'SELECT seq, length(body) AS bytes FROM metric_blocks WHERE seq BETWEEN ? AND ?';
    for (const { seq, bytes } of this.#file.history.prepare(sql).all(first, first + idRange - 1))
      yield { id: Number(seq) - first, bytes: Number(bytes) + rowBytes };
  }

  drop(level: number, slot: number): void {
    const first = seqOf(level, slot, 0);
    this.#file.history
      .prepare('DELETE FROM metric_blocks WHERE seq BETWEEN ? AND ?')
      .run(first, first + idRange - 1);
    this.#slots[level] = this.#slots[level]!.filter((one) => one !== slot);
  }

  forget(id: number): void {
    const remove = this.#file.history.prepare('DELETE FROM metric_blocks WHERE seq=?');
    for (const [level, slots] of this.#slots.entries())
      for (const slot of slots) remove.run(seqOf(level, slot, id));
  }

  /** The highest number of a series that has something in a block of time. */
  highestId(level: number, slot: number): number {
    const first = seqOf(level, slot, 0);
    const sql = 'SELECT max(seq) AS seq FROM metric_blocks WHERE seq BETWEEN ? AND ?';
    return Number(this.#file.history.prepare(sql).get(first, first + idRange - 1)?.['seq'] ?? first) - first;
  }
}

function seqOf(level: number, slot: number, id: number): number {
  return (level * slotRange + slot) * idRange + id;
}
