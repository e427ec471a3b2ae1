/** What was sampled at one moment: everything that was there, by the numbers of the series. */
export interface Round {
  readonly time: number;
  readonly ids: Uint32Array;
  /** NaN for what was there the round before and is gone. */
  readonly values: Float64Array;
}

/** Where the value of a series changed: in the rounds between, it stayed. */
interface Changes {
  readonly rounds: number[];
  readonly values: number[];
  seen: number;
}

/** The block of the finest level that is not over yet, of all series. One whose value stays takes no room. */
export class OpenWindow {
  readonly slot: number;
  readonly #times: number[] = [];
  readonly #series = new Map<number, Changes>();
  /** How many changes it holds. */
  size = 0;

  constructor(slot: number) {
    this.slot = slot;
  }

  get last(): number {
    return this.#times.at(-1) ?? -Infinity;
  }

  ids(): number[] {
    return [...this.#series.keys()];
  }

  has(id: number): boolean {
    return this.#series.has(id);
  }

  /** Numbers of what was there in the last round. */
  present(): number[] {
    return [...this.#series].filter(([, { values }]) => !Number.isNaN(values.at(-1))).map(([id]) => id);
  }

  /** Takes a round; one of the same moment as the last replaces it. What is not in it any more has ended. */
  add({ time, ids, values }: Round): void {
    if (time > this.last) this.#times.push(time);
    const round = this.#times.length - 1;
    for (let at = 0; at < ids.length; at += 1) {
      let changes = this.#series.get(ids[at]!);
      if (changes === undefined)
        this.#series.set(ids[at]!, (changes = { rounds: [], values: [], seen: round }));
      changes.seen = round;
      this.#change(changes, round, values[at]!);
    }
    for (const changes of this.#series.values()) if (changes.seen < round) this.#change(changes, round, NaN);
  }

  /** All samples of a series. `born`: when it was seen for the first time; before that stands a zero. */
  samples(
    id: number,
    born: number | undefined,
    everyMs: number,
    start: number,
  ): { times: number[]; values: number[] } {
    const changes = this.#series.get(id);
    const [times, values]: [number[], number[]] = [[], []];
    if (changes === undefined) return { times, values };
    const first = changes.rounds[0]!;
    if (this.#times[first] === born) {
      times.push(this.#times[first - 1] ?? Math.max(start, born! - everyMs));
      values.push(0);
    }
    for (let round = first, next = 0; round < this.#times.length; round += 1) {
      const changed = changes.rounds[next] === round;
      if (changed) next += 1;
      const value = changes.values[next - 1]!;
      if (!changed && Number.isNaN(value)) continue;
      times.push(this.#times[round]!);
      values.push(value);
    }
    return { times, values };
  }

  #change(changes: Changes, round: number, value: number): void {
    if (changes.rounds.at(-1) === round) {
      changes.values[changes.values.length - 1] = value;
      return;
    }
    if (Object.is(changes.values.at(-1), value)) return;
    changes.rounds.push(round);
    changes.values.push(value);
    this.size += 1;
  }
}
