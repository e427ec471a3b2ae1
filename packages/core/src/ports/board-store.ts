import type { Board } from '../board.ts';

/** Boards of charts. Every write is on disk before it resolves. Several writers are told apart by revisions, as for functions. */
export interface BoardStore {
  /** Every board, ordered by name. */
  list(): Promise<readonly Board[]>;
  /** Writes a board whose revision is one more than the stored one (1 where there is none). Throws `conflict` when that does not hold. */
  put(board: Board): Promise<void>;
  /** False where there is none of that name. */
  remove(name: string): Promise<boolean>;
}
