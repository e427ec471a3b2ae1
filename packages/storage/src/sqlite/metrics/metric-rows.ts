// Long because: what is in memory and what is on the disk of it change together, and a failure leaves both as they were.
import type { Labels, MetricSeries } from '@wherry/core/metric';
import type { MetricQuery } from '@wherry/core/ports/metric-history';
import { type Level, usualLevels } from '../../metrics/levels.ts';
import { MetricBook, type SampledRound } from '../../metrics/metric-book.ts';
import { pruneMetrics } from '../../metrics/metric-pruning.ts';
import { MetricReading } from '../../metrics/metric-reading.ts';
import type { OpenWindow, Round } from '../../metrics/open-window.ts';
import { packRounds, readRounds } from '../../metrics/round-group.ts';
import type { Series } from '../../metrics/series-index.ts';
import type { DatabaseFile } from '../database-file.ts';
import { SealCheck, sealOf } from '../history-seal.ts';
import { MetricShelf } from './metric-shelf.ts';
import { shrink } from '../prune.ts';
import type { Damage } from '../sealed-rows.ts';
import { failureOf, poisons } from '../sqlite-failure.ts';
import { breathe } from '../turn.ts';

/** How long rounds are in memory only. */
const heldMs = 50_000;
/** How many rounds wait for a disk that takes none; the next are lost. */
const mostHeld = 60;
/** How many changes are held in windows, at 16 bytes. */
const mostChanges = 6_000_000;
/** Series whose blocks are written in one transaction: about ten milliseconds of work. */
const atOnce = 64;

/** What became of a round's samples. */
export interface Taken {
  /** Of too many series, or twice. */
  readonly refused: number;
  readonly lost: number;
  readonly reason?: string;
}

/**
 * Numbers over time, in the database's thread. Rounds are written as they came, about once a minute, all series in one row; when a block
 * of time is over it is written by series, on all levels, and the rounds are dropped. Whatever of that was done before a crash is seen by
 * its blocks, and is not done again.
 */
export class MetricRows {
  readonly #file: DatabaseFile;
  readonly #shelf: MetricShelf;
  readonly #book: MetricBook;
  readonly #reading: MetricReading;
  readonly #report: (damage: Damage) => void;
  readonly #rowsOf = new Map<OpenWindow, number[]>();
  #held: { readonly window: OpenWindow; readonly round: Round }[] = [];
  #begun: (readonly [key: string, series: Series])[] = [];
  #seq = 0;
  #closing: Promise<void> | undefined;
  #trouble = '';

  constructor(file: DatabaseFile, report: (damage: Damage) => void, levels: readonly Level[] = usualLevels) {
    this.#file = file;
    this.#report = report;
    this.#shelf = new MetricShelf(file, levels, this.#check('metric_blocks'));
    this.#book = new MetricBook(levels, this.#shelf);
    this.#reading = new MetricReading(this.#book, breathe);
    this.#load();
  }

  async append(sampled: SampledRound): Promise<Taken> {
    if (this.#isFull()) await this.#writeOut();
    if (this.#isFull()) return { refused: 0, lost: sampled.keys.length, reason: this.#trouble };
    const { round, refused, begun } = this.#take(sampled);
    this.#begun.push(...begun);
    this.#held.push({ window: this.#book.windows.at(-1)!, round });
    const since = round.time - this.#held[0]!.round.time;
    if (since >= heldMs || since < 0 || this.#book.windows.length > 1) await this.#writeOut();
    return { refused, lost: 0 };
  }

  read(query: MetricQuery): Promise<readonly MetricSeries[]> {
    return this.#reading.read(query);
  }

  series(query: MetricQuery): Promise<readonly { readonly name: string; readonly labels: Labels }[]> {
    return this.#reading.series(query);
  }

  async flush(): Promise<void> {
    this.#write();
    await this.#close();
  }

  async prune(now: number, maxBytes: number): Promise<void> {
    const gone = await pruneMetrics(this.#book, now, maxBytes, breathe);
    for (let at = 0; at < gone.length; at += atOnce) {
      await breathe();
      const some = gone.slice(at, at + atOnce);
      this.#file.transaction(this.#file.history, () => {
        const remove = this.#file.history.prepare('DELETE FROM metric_series WHERE id=?');
        for (const id of some) {
          this.#shelf.forget(id);
          remove.run(id);
        }
      });
      for (const id of some) this.#book.remove(id);
    }
    await shrink(this.#file);
  }

  /** Checks every row; what is damaged is reported. Throws `storage_damaged` where rows cannot be reached that are there. */
  async scrub(): Promise<void> {
    const { history } = this.#file;
    for (const table of ['metric_series', 'metric_rounds', 'metric_blocks'] as const) {
      const check = this.#check(table);
      const number = table === 'metric_series' ? 'id' : 'seq';
      const some = history.prepare(
        `SELECT * FROM ${table} WHERE ${number} > ? ORDER BY ${number} LIMIT 1000`,
      );
      const one = history.prepare(`SELECT ${number} FROM ${table} WHERE ${number}=?`);
      for (let after = -1, rows = some.all(after); rows.length > 0; rows = some.all(after)) {
        for (const row of rows) {
          check.passes(row);
          // One that is seen in passing and not found by its number would never be served.
          if (Number(row[number]) <= after || one.get(row[number] as number) === undefined)
            this.#file.mustBeWhole();
          after = Number(row[number]);
        }
        await breathe();
      }
    }
  }

  #isFull(): boolean {
    return (
      this.#held.length >= mostHeld ||
      this.#book.windows.reduce((sum, { size }) => sum + size, 0) >= mostChanges
    );
  }

  /** Where the clock went back, blocks may have to go; of them all or none. */
  #take(sampled: SampledRound): ReturnType<MetricBook['take']> {
    if (sampled.at >= this.#book.newest) return this.#book.take(sampled);
    return this.#file.transaction(this.#file.history, () => {
      const taken = this.#book.take(sampled);
      const here = (window: OpenWindow): boolean => this.#book.windows.includes(window);
      for (const window of [...this.#rowsOf.keys()]) if (!here(window)) this.#dropRounds(window);
      this.#held = this.#held.filter(({ window }) => here(window));
      return taken;
    });
  }

  /** Writes what there is to write, and keeps it in memory where the disk does not take it. */
  async #writeOut(): Promise<void> {
    try {
      await this.flush();
      this.#trouble = 'too many numbers change in too short a time';
    } catch (error) {
      if (poisons(error)) throw error;
      this.#trouble = failureOf(error, this.#file.path).message;
    }
  }

  /** Rounds that are in memory only go to disk, with the series that they began. */
  #write(): void {
    const held = this.#held;
    if (held.length === 0) return;
    const rows = new Map<OpenWindow, Round[]>();
    for (const { window, round } of held) rows.set(window, [...(rows.get(window) ?? []), round]);
    const { history } = this.#file;
    this.#file.transaction(history, () => {
      const series = history.prepare('INSERT INTO metric_series VALUES (?, ?, ?, ?, ?)');
      for (const [key, { id, kind, since }] of this.#begun) {
        const values = [id, key, kind === 'counter' ? 1 : 0, since] as const;
        series.run(...values, sealOf('metric_series', values));
      }
      const insert = history.prepare('INSERT INTO metric_rounds VALUES (?, ?, ?)');
      for (const [at, rounds] of [...rows.values()].entries()) {
        const values = [this.#seq + 1 + at, packRounds(rounds)] as const;
        insert.run(...values, sealOf('metric_rounds', values));
      }
    });
    for (const window of rows.keys())
      this.#rowsOf.set(window, [...(this.#rowsOf.get(window) ?? []), ++this.#seq]);
    this.#held = [];
    this.#begun = [];
  }

  /** Brings windows that are over into blocks; once at a time. */
  #close(): Promise<void> {
    this.#closing ??= this.#closeAll().finally(() => (this.#closing = undefined));
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    for (const window of this.#book.windows.slice(0, -1)) {
      const ids = window.ids();
      for (let at = 0; at < ids.length && this.#book.windows.includes(window); at += atOnce) {
        this.#blocks(() => {
          for (const id of ids.slice(at, at + atOnce)) this.#book.close(window, id);
        });
        await breathe();
      }
      this.#file.transaction(this.#file.history, () => this.#dropRounds(window));
      this.#rowsOf.delete(window);
      this.#book.closed(window);
    }
  }

  #blocks(work: () => void): void {
    try {
      this.#file.transaction(this.#file.history, work);
    } catch (error) {
      this.#book.reconsider();
      if (this.#file.history.isOpen) this.#shelf.reload();
      throw error;
    }
  }

  #dropRounds(window: OpenWindow): void {
    const remove = this.#file.history.prepare('DELETE FROM metric_rounds WHERE seq=?');
    for (const seq of this.#rowsOf.get(window) ?? []) remove.run(seq);
  }

  #load(): void {
    const { history } = this.#file;
    const { index } = this.#book;
    const known = this.#check('metric_series');
    for (const row of history.prepare('SELECT * FROM metric_series ORDER BY id').iterate()) {
      // A number is not given again while there may be something of whose it was.
      index.reserve(Number(row['id']));
      if (!known.passes(row)) continue;
      const kind = row['kind'] === 1 ? 'counter' : 'gauge';
      index.add(String(row['key']), { id: Number(row['id']), kind, since: Number(row['since']) });
    }
    for (const [level] of this.#book.levels.entries())
      for (const slot of this.#shelf.slots(level).slice(-1))
        index.reserve(this.#shelf.highestId(level, slot));
    this.#replay();
  }

  /** Takes in again what is in no block. Of a row that is damaged only its own minute is missing. */
  #replay(): void {
    const check = this.#check('metric_rounds');
    let unread: number[] = [];
    for (const row of this.#file.history.prepare('SELECT * FROM metric_rounds ORDER BY seq').iterate()) {
      this.#seq = Number(row['seq']);
      unread.push(this.#seq);
      if (!check.passes(row)) continue;
      for (const round of readRounds(row['body'] as Uint8Array)) {
        const window = this.#book.add(this.#known(round));
        this.#rowsOf.set(window, [...(this.#rowsOf.get(window) ?? []), ...unread]);
        unread = [];
      }
    }
    // The last of them: they go with the window that they most likely were of.
    const last = this.#book.windows.at(-1);
    if (last !== undefined) this.#rowsOf.set(last, [...(this.#rowsOf.get(last) ?? []), ...unread]);
  }

  /** A round without series that are not known any more. */
  #known({ time, ids, values }: Round): Round {
    const { index } = this.#book;
    if (ids.every((id) => index.get(id) !== undefined)) return { time, ids, values };
    for (const id of ids) index.reserve(id);
    const kept = [...ids.keys()].filter((at) => index.get(ids[at]!) !== undefined);
    return {
      time,
      ids: ids.filter((id) => index.get(id) !== undefined),
      values: Float64Array.from(kept, (at) => values[at]!),
    };
  }

  #check(table: 'metric_series' | 'metric_blocks' | 'metric_rounds'): SealCheck {
    return new SealCheck(this.#file.history, table, this.#report);
  }
}
