/** How finely numbers are kept, and for how long. */
export interface Level {
  /** How far apart samples are. */
  readonly everyMs: number;
  /** How long they are kept, to the next whole block. */
  readonly keepMs: number;
  /** How much time one block of a series spans. */
  readonly blockMs: number;
}

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

/**
 * Ten seconds for two days, a minute for a month, an hour for thirteen months; the finest first. Each step divides the finest block, and
 * each block is a multiple of the one before, so that what is in one block of the finest is rolled up by itself.
 */
export const usualLevels: readonly Level[] = [
  { everyMs: 10 * second, keepMs: 48 * hour, blockMs: 2 * hour },
  { everyMs: 60 * second, keepMs: 31 * day, blockMs: day },
  { everyMs: hour, keepMs: 396 * day, blockMs: 32 * day },
];

/** In which block of the finest level a moment is: its end belongs to a block, its beginning to the one before. */
export function slotOf(time: number, { blockMs }: Level): number {
  return Math.ceil(time / blockMs) - 1;
}

/**
 * The coarsest level that `coarsestMs` allows, or, where that does not reach back to `from`, the finest that does; the last level where
 * none does.
 */
export function levelFor(
  levels: readonly Level[],
  from: number,
  newest: number,
  coarsestMs: number | undefined,
): number {
  const wanted = Math.max(
    0,
    levels.findLastIndex(({ everyMs }) => everyMs <= (coarsestMs ?? 0)),
  );
  const reaches = levels.findIndex(({ keepMs }, at) => at >= wanted && from >= newest - keepMs);
  return reaches === -1 ? levels.length - 1 : reaches;
}
