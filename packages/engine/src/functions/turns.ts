import { type FunctionName, fullName } from '@wherry/core/names';

/** One change at a time for each function; different functions don't wait for each other. */
export class Turns {
  readonly #turns = new Map<string, Promise<unknown>>();

  take<T>(name: FunctionName, change: () => Promise<T>): Promise<T> {
    const key = fullName(name);
    const turn = (this.#turns.get(key) ?? Promise.resolve()).catch(() => undefined).then(change);
    this.#turns.set(key, turn);
    const forget = (): void => {
      if (this.#turns.get(key) === turn) this.#turns.delete(key);
    };
    turn.then(forget, forget);
    return turn;
  }
}
