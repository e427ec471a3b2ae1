import type { Recurrence } from '@wherry/core/ports/calendar';
import type { MissedRuns, RuleState, Span } from '@wherry/core/schedule';

/** What is to be run of one rule now, oldest first, and the state once that is handed over. */
export interface Step {
  readonly slots: readonly number[];
  /** The same object where nothing changed. */
  readonly state: RuleState;
}

/** A slot this long ago is a missed one. */
const lateMs = 60_000;
/** Most missed runs that are made up for. */
const mostRuns = 100;
/** Stretches that are remembered; only clocks that jump make more than one. */
const mostSpans = 8;

/** The first slot after a moment. `@every` counts from the moment the rule came into force, so that no restart shifts it. */
export function everySlots(everyMs: number, since: number): Recurrence {
  return { next: (after) => since + (Math.floor((after - since) / everyMs) + 1) * everyMs };
}

/** A rule that comes into force now: nothing that was before is its business. */
export function begun(rule: string, now: number): RuleState {
  return { rule, since: Math.floor(now / 1000) * 1000, seen: now, done: [] };
}

/** The slots between the last look and now that are not done, as many as are to be run. */
export function step(state: RuleState, recurrence: Recurrence, missed: MissedRuns, now: number): Step {
  const { seen, done } = state;
  // The clock was set back. What is between the two moments either ran already, or comes in its time.
  if (now < seen) return { slots: [], state: { ...state, seen: now } };
  const due = newestSlots(recurrence, seen, now, mostRuns, done);
  const newest = due.slots.at(-1);
  if (newest === undefined)
    return { slots: [], state: due.last === undefined ? state : { ...state, seen: due.last } };
  const slots = missed === 'all' ? due.slots : missed === 'once' || now - newest <= lateMs ? [newest] : [];
  const [first] = slots;
  if (first === undefined) return { slots, state: { ...state, seen: newest } };
  // Of what was left out nobody knows whether it was missed, or the clock jumped over it and will come back.
  const follows = due.whole && slots.length === due.slots.length && done.some(([, to]) => to === seen);
  return { slots, state: { ...state, seen: newest, done: withSpan(done, follows ? seen : first, newest) } };
}

/** When to look next; undefined where nothing comes any more. */
export function nextSlot({ seen, done }: RuleState, recurrence: Recurrence): number | undefined {
  let at = recurrence.next(seen);
  // Only after a clock was set back is any of them done already, and then it is the span's end that matters.
  for (const [from, to] of done) if (at !== undefined && at >= from && at <= to) at = recurrence.next(to);
  return at;
}

/**
 * At most so many of the newest slots after `from` up to `to`. Looked for backwards in growing stretches: of ten years of seconds, most are never made.
 */
function newestSlots(
  recurrence: Recurrence,
  from: number,
  to: number,
  most: number,
  done: readonly Span[],
): { readonly slots: readonly number[]; readonly whole: boolean; readonly last: number | undefined } {
  for (let stretch = most * 1000; ; stretch *= 4) {
    const start = Math.max(from, to - stretch);
    const all: number[] = [];
    for (let at = recurrence.next(start); at !== undefined && at <= to; at = recurrence.next(at))
      all.push(at);
    if (all.length < most && start > from) continue;
    const open = all.filter((slot) => !isDone(done, slot));
    return {
      slots: open.slice(-most),
      whole: start === from && open.length <= most,
      last: all.at(-1),
    };
  }
}

function isDone(done: readonly Span[], slot: number): boolean {
  return done.some(([from, to]) => slot >= from && slot <= to);
}

/** Adds a stretch; those that touch become one. Where there are too many, the one that ended first is forgotten. */
export function withSpan(done: readonly Span[], from: number, to: number): readonly Span[] {
  const apart = done.filter(([start, end]) => end < from || start > to);
  const joined = done.filter(([start, end]) => end >= from && start <= to);
  const span: Span = [
    Math.min(from, ...joined.map(([start]) => start)),
    Math.max(to, ...joined.map(([, end]) => end)),
  ];
  return [...apart, span].sort(([a], [b]) => a - b).slice(-mostSpans);
}
