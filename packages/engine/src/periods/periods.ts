import type { Calendar, Recurrence } from '@wherry/core/ports/calendar';

export const periodLengths = ['hour', 'day', 'week', 'month'] as const;
export type PeriodLength = (typeof periodLengths)[number];

/** From its first moment to that of the next one, which is not in it; milliseconds since 1970. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** When each begins. A day whose midnight a clock change leaves out begins when that is over. */
const begins: Readonly<Record<PeriodLength, string>> = {
  hour: '0 * * * *',
  day: '0 0 * * *',
  week: '0 0 * * 1',
  month: '0 0 1 * *',
};

/** Longer than the longest there is, whatever clocks do: places have left out a whole day. */
const longestMs: Readonly<Record<PeriodLength, number>> = {
  hour: 3 * hourMs,
  day: 3 * dayMs,
  week: 10 * dayMs,
  month: 34 * dayMs,
};

/** Hours, days, weeks (from Monday) and months of a place's calendar. A day may have 23 or 25 hours; it is one day. */
export class Periods {
  readonly #length: PeriodLength;
  readonly #begins: Recurrence;

  constructor(calendar: Calendar, length: PeriodLength, zone: string) {
    this.#length = length;
    this.#begins = calendar.read(begins[length], zone);
  }

  /** The period that a moment is in. */
  at(moment: number): Period {
    let from = this.#next(moment - longestMs[this.#length]);
    for (let to = this.#next(from); ; to = this.#next(to)) {
      if (to > moment) return { from, to };
      from = to;
    }
  }

  before({ from }: Period): Period {
    return this.at(from - 1);
  }

  after({ to }: Period): Period {
    return { from: to, to: this.#next(to) };
  }

  /** The periods of a time, the first and the last cut to it. */
  within(from: number, to: number): Period[] {
    const found: Period[] = [];
    for (let one = this.at(from); one.from < to; one = this.after(one))
      found.push({ from: Math.max(one.from, from), to: Math.min(one.to, to) });
    return found;
  }

  #next(after: number): number {
    return this.#begins.next(after) ?? Infinity;
  }
}
