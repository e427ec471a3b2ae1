import type { Board } from '@wherry/core/board';
import { byOwnName, conflictUnlessNext } from '../desired-rules.ts';
import type { DatabaseFile } from './database-file.ts';
import { type Damage, SealedRows } from './sealed-rows.ts';

/** Boards, in the database's thread. */
export class BoardRows {
  readonly #boards: SealedRows<Board>;

  constructor(file: DatabaseFile, at: number, report: (damage: Damage) => void) {
    this.#boards = new SealedRows(file, 'boards', at, report);
  }

  list(): readonly Board[] {
    return this.#boards.values().sort(byOwnName);
  }

  put(board: Board): void {
    const { name, revision } = board;
    conflictUnlessNext(name, revision, this.#boards.get(keyFor(name))?.revision);
    this.#boards.write(keyFor(name), board);
  }

  remove(name: string): boolean {
    return this.#boards.remove(keyFor(name));
  }
}

function keyFor(name: string): string {
  return JSON.stringify([name]);
}
