import type { Board } from '@wherry/core/board';
import type { BoardStore } from '@wherry/core/ports/board-store';
import { byOwnName, conflictUnlessNext } from '../desired-rules.ts';

/** Boards that end with the process. */
export class MemoryBoardStore implements BoardStore {
  readonly #boards = new Map<string, Board>();

  async list(): Promise<readonly Board[]> {
    return [...this.#boards.values()].sort(byOwnName).map((one) => structuredClone(one));
  }

  async put(board: Board): Promise<void> {
    const { name, revision } = board;
    conflictUnlessNext(name, revision, this.#boards.get(name)?.revision);
    this.#boards.set(name, structuredClone(board));
  }

  async remove(name: string): Promise<boolean> {
    return this.#boards.delete(name);
  }
}
