import type { FunctionName } from '@wherry/core/names';
import type { Callees } from './callees.ts';
import type { DatabaseFile } from './database-file.ts';
import { SealCheck, sealOf } from './history-seal.ts';
import { shrink } from './prune.ts';
import type { Damage } from './sealed-rows.ts';
import { readable, storable } from './storable-text.ts';
import { breathe } from './turn.ts';

/** What is kept of a call, as it lies on the disk. */
export interface SealedCapture {
  readonly of: FunctionName;
  /** Of the call. */
  readonly id: string;
  readonly at: number;
  /** Id of the key that opens it. */
  readonly key: string;
  readonly nonce: Uint8Array;
  readonly box: Uint8Array;
}

/** One with its place. */
export interface PlacedCapture extends SealedCapture {
  readonly seq: number;
}

/** What a row counts for beside its box: more than it takes, so that there are never so many that looking through them takes long. */
const rowBytes = 1024;
/** How many go in one transaction. */
const dropped = 200;
const sizes = 'SELECT seq, octet_length(box) + ? AS bytes FROM captures ORDER BY seq DESC';

/** Calls with their bodies, encrypted, in the database's thread. */
export class CaptureRows {
  readonly #file: DatabaseFile;
  readonly #callees: Callees;
  readonly #check: SealCheck;

  constructor(file: DatabaseFile, callees: Callees, report: (damage: Damage) => void) {
    this.#check = new SealCheck(file.history, 'captures', report);
    this.#file = file;
    this.#callees = callees;
  }

  append(captures: readonly SealedCapture[]): void {
    const { history } = this.#file;
    try {
      this.#file.transaction(history, () => {
        let seq = Number(history.prepare('SELECT max(seq) AS seq FROM captures').get()?.['seq'] ?? 0);
        const insert = history.prepare('INSERT INTO captures VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
        for (const { of, id, at, key, nonce, box } of captures) {
          seq += 1;
          const values = [seq, this.#callees.number(of), at, storable(id), key, nonce, box] as const;
          insert.run(...values, sealOf('captures', values));
        }
      });
    } catch (error) {
      this.#callees.reload();
      throw error;
    }
  }

  which(ids: readonly string[]): readonly string[] {
    const one = this.#file.history.prepare('SELECT seq FROM captures WHERE id = ? LIMIT 1');
    return ids.filter((id) => one.get(storable(id)) !== undefined);
  }

  find(id: string): SealedCapture | undefined {
    const rows = this.#file.history.prepare('SELECT * FROM captures WHERE id = ? ORDER BY seq DESC');
    // The index has no seal: where it leads is looked at again.
    for (const row of rows.iterate(storable(id)))
      if (this.#check.passes(row) && readable(row['id']) === id) return this.#placed(row);
    return undefined;
  }

  /** Those behind a place, as many as fit into about so many bytes. */
  after(seq: number, mostBytes: number): readonly PlacedCapture[] {
    const found: PlacedCapture[] = [];
    let bytes = 0;
    for (const row of this.#file.history
      .prepare('SELECT * FROM captures WHERE seq > ? ORDER BY seq')
      .iterate(seq)) {
      const placed = this.#check.passes(row) ? this.#placed(row) : undefined;
      if (placed === undefined) continue;
      found.push(placed);
      if ((bytes += placed.box.length) >= mostBytes) break;
    }
    return found;
  }

  /** The same captures in other boxes; what is gone meanwhile stays gone, and who has its number now is another. */
  replace(captures: readonly PlacedCapture[]): void {
    const { history } = this.#file;
    this.#file.transaction(history, () => {
      const update = history.prepare(
        'UPDATE captures SET key=?, nonce=?, box=?, seal=? WHERE seq=? AND id=?',
      );
      for (const { seq, of, id, at, key, nonce, box } of captures) {
        const values = [seq, this.#callees.number(of), at, storable(id), key, nonce, box] as const;
        update.run(key, nonce, box, sealOf('captures', values), seq, storable(id));
      }
    });
  }

  owners(): readonly FunctionName[] {
    return this.#file.history
      .prepare('SELECT DISTINCT callee FROM captures')
      .all()
      .flatMap(({ callee }) => this.#callees.nameOf(Number(callee)) ?? []);
  }

  async forget(of: FunctionName): Promise<number> {
    const callee = this.#callees.find(of);
    return callee === undefined ? 0 : this.#drop(this.#found('callee = ?', callee));
  }

  async prune(before: number, maxBytes: number): Promise<number> {
    const old = await this.#drop(this.#found('at < ?', before));
    let bytes = 0;
    for (const row of this.#file.history.prepare(sizes).iterate(rowBytes)) {
      bytes += Number(row['bytes']);
      if (bytes > maxBytes) return old + (await this.#drop(this.#found('seq <= ?', Number(row['seq']))));
    }
    return old;
  }

  /** Checks every row; what is damaged is reported. */
  scrub(): void {
    for (const row of this.#file.history.prepare('SELECT * FROM captures').iterate()) this.#check.passes(row);
  }

  #found(where: string, value: number): readonly number[] {
    const rows = this.#file.history
      .prepare(`SELECT seq FROM captures WHERE ${where} ORDER BY seq`)
      .all(value);
    return rows.map(({ seq }) => Number(seq));
  }

  /** A few at a time: they are large, and other work goes first. */
  async #drop(seqs: readonly number[]): Promise<number> {
    const { history } = this.#file;
    const remove = history.prepare('DELETE FROM captures WHERE seq = ?');
    for (let at = 0; at < seqs.length; at += dropped) {
      await breathe();
      this.#file.transaction(history, () => {
        for (const seq of seqs.slice(at, at + dropped)) remove.run(seq);
      });
    }
    if (seqs.length > 0) await shrink(this.#file);
    return seqs.length;
  }

  /** Undefined where whose it is is lost: it would not open either. */
  #placed(row: Readonly<Record<string, unknown>>): PlacedCapture | undefined {
    const of = this.#callees.nameOf(Number(row['callee']));
    if (of === undefined) return undefined;
    const { key, nonce, box } = row as { key: string; nonce: Uint8Array; box: Uint8Array };
    return { seq: Number(row['seq']), of, id: readable(row['id']), at: Number(row['at']), key, nonce, box };
  }
}
