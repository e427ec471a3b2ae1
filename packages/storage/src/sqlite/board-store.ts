import type { Board } from '@wherry/core/board';
import type { BoardStore } from '@wherry/core/ports/board-store';
import type { SqliteThread } from './sqlite-thread.ts';

/** Boards in the embedded database. */
export class SqliteBoardStore implements BoardStore {
  readonly #thread: SqliteThread;

  constructor(thread: SqliteThread) {
    this.#thread = thread;
  }

  list(): Promise<readonly Board[]> {
    return this.#thread.ask('boards', 'list', []);
  }

  put(board: Board): Promise<void> {
    return this.#thread.ask('boards', 'put', [board]);
  }

  remove(name: string): Promise<boolean> {
    return this.#thread.ask('boards', 'remove', [name]);
  }
}
