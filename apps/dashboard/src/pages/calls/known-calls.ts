import type { Call } from '@wherry/wire/calls';

/** One attempt of a call: what is queued may be tried several times, under one id. */
export const callKey = ({ id, startedAt }: Call): string => `${id} ${startedAt}`;

/** The calls of a list as far back as they were fetched: without a gap from the newest to the last. */
export interface Known {
  /** Which list they are of. */
  readonly whose: string;
  /** Newest first. */
  readonly calls: readonly Call[];
  /** There is none behind the last one. */
  readonly ended: boolean;
}

/** New ones on top of those that are known. Where so many came that there may be a gap between, what is behind it is dropped. */
export function joined(before: Known, latest: readonly Call[], most: number): Known {
  const fresh = unknownIn(before.calls, latest);
  if (fresh.length === 0) return before;
  if (fresh.length === latest.length && latest.length >= most)
    // What was dropped, with the end of it, has to be fetched again.
    return { ...before, calls: latest, ended: false };
  return { ...before, calls: [...fresh, ...before.calls] };
}

/** Older ones behind the call that they were asked for behind. Where that is not the last one any more there would be a gap, so they are left out. */
export function appended(before: Known, older: readonly Call[], behind: Call, most: number): Known {
  const last = before.calls.at(-1);
  if (last === undefined || callKey(last) !== callKey(behind)) return before;
  return {
    ...before,
    calls: [...before.calls, ...unknownIn(before.calls, older)],
    ended: older.length < most,
  };
}

function unknownIn(known: readonly Call[], found: readonly Call[]): readonly Call[] {
  const keys = new Set(known.map(callKey));
  return found.filter((call) => !keys.has(callKey(call)));
}
