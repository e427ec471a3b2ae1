import type { LaneCall } from './lane.ts';

/**
 * The calls that are out, by id. Ids are places in an array, given again once free: a Map whose entries come and go thousands of
 * times a second leaves a chain of outgrown tables behind, and through it the collector keeps finished calls alive.
 */
export class OpenCalls {
  /** Place 0 is never used: on the wire, id 0 is no call. */
  readonly #calls: (LaneCall | undefined)[] = [undefined];
  readonly #free: number[] = [];

  /** An id that no open call has. It is taken by the next `put`. */
  freeId(): number {
    return this.#free.pop() ?? this.#calls.length;
  }

  put(call: LaneCall): void {
    this.#calls[call.id] = call;
  }

  get(id: number): LaneCall | undefined {
    return id < this.#calls.length ? this.#calls[id] : undefined;
  }

  /** The call goes on elsewhere; its id stays taken until `remove`. */
  lend(id: number): void {
    this.#calls[id] = undefined;
  }

  remove(id: number): void {
    this.#calls[id] = undefined;
    this.#free.push(id);
  }

  /** Empties it. */
  takeAll(): readonly LaneCall[] {
    const all = this.#calls.filter((call) => call !== undefined);
    this.#calls.length = 1;
    this.#free.length = 0;
    return all;
  }
}
