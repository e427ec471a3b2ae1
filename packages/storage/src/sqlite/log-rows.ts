import type { LogLine } from '@wherry/core/log-line';
import type { LogPage, LogPageQuery, LogQuery } from '@wherry/core/ports/log-archive';
import type { StatementSync } from 'node:sqlite';
import { logFilter } from '@wherry/core/rules/log-filter';
import { Blocks, type Span } from './blocks.ts';
import { rowsOf } from './numbered-rows.ts';
import type { Callees } from './callees.ts';
import type { DatabaseFile } from './database-file.ts';
import { plainNumber, Seal, SealCheck, textSum } from './history-seal.ts';
import { logStride, streams, type LogBatch } from './log-batch.ts';
import { type Kept, keepRows, prune } from './prune.ts';
import { type Habits, RowWriter } from './row-writer.ts';
import type { Damage } from './sealed-rows.ts';
import { readable, storable } from './storable-text.ts';
import { scrub } from './scrub.ts';
import { breathe } from './turn.ts';

/** What a row of `logs` takes in the file besides its text, measured. */
const rowBytes = 32;
/** Function, version and instance; the stream. */
const habits: Habits = { numbered: true, repeated: [[1, 2, 3], [5]] };

/** Lines that instances wrote, in the database's thread. */
export class LogRows {
  readonly #file: DatabaseFile;
  readonly #callees: Callees;
  readonly #blocks: Blocks;
  readonly #writer: RowWriter;
  readonly #find: StatementSync;
  readonly #check: SealCheck;
  readonly #seal = new Seal('logs', 7);

  constructor(file: DatabaseFile, callees: Callees, report: (damage: Damage) => void) {
    this.#file = file;
    this.#callees = callees;
    this.#blocks = new Blocks(file, 'log_blocks', rowsOf(file.history, 'logs'), report);
    this.#check = new SealCheck(file.history, 'logs', report);
    this.#writer = new RowWriter(file.history, 'logs', 8, habits);
    this.#find = file.history.prepare(
      `SELECT * FROM logs WHERE seq BETWEEN ?1 AND ?2 AND (?3 IS NULL OR callee = ?3) AND (?4 IS NULL OR instance = ?4)
       AND (?5 IS NULL OR at >= ?5) AND (?6 IS NULL OR at <= ?6) AND (?7 IS NULL OR version = ?7) ORDER BY seq DESC`,
    );
  }

  append(batch: LogBatch): void {
    try {
      this.#file.transaction(this.#file.history, () => this.#write(batch));
    } catch (error) {
      this.#writer.reset();
      this.#callees.reload();
      this.#blocks.reload();
      throw error;
    }
  }

  /** The newest lines that fit, oldest first. */
  async read(
    { target, tail, ...filter }: LogQuery,
    most: { lines: number; bytes: number },
  ): Promise<readonly LogLine[]> {
    const callee = this.#callees.find(target);
    if (callee === undefined) return [];
    const { instance, version = null, since, until } = filter;
    const lines: LogLine[] = [];
    const limit = Math.min(tail ?? most.lines, most.lines);
    const wanted = logFilter(filter);
    const asked = [
      instance === undefined ? null : storable(instance),
      since ?? null,
      until ?? null,
      version,
    ] as const;
    let bytes = 0;
    for (const { first, last } of this.#blocks.spans({ callee, from: since, until })) {
      if (lines.length >= limit || bytes > most.bytes) break;
      await breathe();
      for (const row of this.#find.iterate(first, last, callee, ...asked)) {
        if (lines.length >= limit) break;
        if (!this.#check.passes(row)) continue;
        const line = lineOf(row, target);
        if (!wanted(line)) continue;
        bytes += line.text.length;
        if (bytes > most.bytes) break;
        lines.push(line);
      }
    }
    return lines.reverse();
  }

  /** Ends at `limit` lines, at so many bytes, or with a block that was looked through: whoever asks for little of much is not kept waiting. */
  async page({ target, limit, ...filter }: LogPageQuery, bytes: number, before = Infinity): Promise<LogPage> {
    const callee = target === undefined ? undefined : this.#callees.find(target);
    if (target !== undefined && callee === undefined) return { lines: [] };
    const wanted = logFilter(filter);
    const { instance, since, until, version = null } = filter;
    const asked = [
      callee ?? null,
      instance === undefined ? null : storable(instance),
      ...([since ?? null, until ?? null, version] as const),
    ] as const;
    const span = this.#blocks.spanBefore(before, { callee, from: since, until });
    if (span === undefined) return { lines: [] };
    await breathe();
    const lines: LogLine[] = [];
    let left = bytes;
    for (const row of this.#find.iterate(span.first, Math.min(span.last, before - 1), ...asked)) {
      const of = this.#check.passes(row) ? this.#callees.nameOf(Number(row['callee'])) : undefined;
      const line = of === undefined ? undefined : lineOf(row, of);
      if (line === undefined || !wanted(line)) continue;
      lines.push(line);
      left -= line.text.length;
      if (lines.length >= limit || left <= 0) return { lines, next: Number(row['seq']) };
    }
    return { lines, next: span.first };
  }

  scrub(): Promise<void> {
    const holds = (row: Readonly<Record<string, unknown>>): number => (this.#check.passes(row), 1);
    return scrub(this.#file, this.#blocks, [{ table: 'logs', holds }], (from, reason) =>
      this.#check.tell(from, reason),
    );
  }

  prune(before: number, maxBytes: number): Promise<number> {
    const keep = (span: Span, before: number, most: number): Kept =>
      keepRows(this.#file.history, 'logs', 'at', span, before, most);
    return prune(this.#file, { blocks: this.#blocks, keep }, before, maxBytes);
  }

  #write({ count, numbers, texts, instances, callees }: LogBatch): void {
    const numbersOf = callees.map((callee) => this.#callees.number(callee));
    const stored = instances.map(storable);
    const sums = stored.map(textSum);
    const seal = this.#seal.columns;
    for (let index = 0, at = 0; index < count; index += 1, at += logStride) {
      const callee = numbersOf[numbers[at]!]!;
      const text = storable(texts[index]!);
      const values = this.#writer.row();
      values[0] = this.#blocks.add(callee, numbers[at + 3]!, rowBytes + text.length);
      values[1] = callee;
      values[2] = numbers[at + 1]!;
      values[3] = stored[numbers[at + 2]!]!;
      values[4] = numbers[at + 3]!;
      values[5] = numbers[at + 4]!;
      values[6] = text;
      for (let column = 0; column < 6; column += 1)
        seal[column] = column === 3 ? sums[numbers[at + 2]!]! : plainNumber(values[column] as number);
      seal[6] = textSum(text);
      values[7] = this.#seal.value();
      this.#writer.written();
    }
    this.#writer.finish();
    this.#blocks.flush();
  }
}

function lineOf(
  row: Readonly<Record<string, unknown>>,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): LogLine {
  return {
    deployment: { namespace, name, version: Number(row['version']) },
    instance: readable(row['instance']),
    at: Number(row['at']),
    stream: streams[Number(row['stream'])] ?? 'mark',
    text: readable(row['text']),
  };
}
