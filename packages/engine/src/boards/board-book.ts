import { type Board, boardBounds } from '@wherry/core/board';
import { WherryError } from '@wherry/core/errors';
import type { BoardStore } from '@wherry/core/ports/board-store';
import type { Clock } from '@wherry/core/ports/clock';

/** What somebody wants a board to be. With a revision, only if it is still the one that they saw; 0 is a board that is not there. */
export type BoardWish = Pick<Board, 'name' | 'title' | 'charts'> & { readonly revision?: number };

const component = 'boards';

/** Boards of charts that people keep. */
export class BoardBook {
  readonly #store: BoardStore;
  readonly #clock: Clock;
  /** One change after the other, so that there are never more than allowed. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: BoardStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Ordered by name. */
  list(): Promise<readonly Board[]> {
    return this.#store.list();
  }

  /** Throws `board_unknown`. */
  async get(name: string): Promise<Board> {
    const found = (await this.#store.list()).find((board) => board.name === name);
    if (found === undefined) throw unknown(name);
    return found;
  }

  /** Makes a board, or puts another in its place. Throws `conflict`, and `too_many_boards` for a new one. */
  put(wish: BoardWish): Promise<Board> {
    return this.#next(async () => {
      const all = await this.#store.list();
      const stored = all.find(({ name }) => name === wish.name)?.revision ?? 0;
      if (wish.revision !== undefined && wish.revision !== stored)
        throw new WherryError('conflict', `${wish.name} is at revision ${stored}, not ${wish.revision}`, {
          component,
        });
      if (stored === 0 && all.length >= boardBounds.boards)
        throw new WherryError('too_many_boards', `there are ${all.length} already`, { component });
      const { name, title, charts } = wish;
      const board = { name, title, charts, revision: stored + 1, updatedAt: this.#clock.now() };
      await this.#store.put(board);
      return board;
    });
  }

  /** Throws `board_unknown`. */
  remove(name: string): Promise<void> {
    return this.#next(async () => {
      if (!(await this.#store.remove(name))) throw unknown(name);
    });
  }

  #next<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(change);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function unknown(name: string): WherryError {
  return new WherryError('board_unknown', `there is no board ${name}`, { component, name });
}
