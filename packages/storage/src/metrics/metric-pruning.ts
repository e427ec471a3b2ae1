import type { MetricBook } from './metric-book.ts';
import { isOfInstance, most } from './series-index.ts';

/** A block of time of a level: the share of its time that it has had, and what it takes. */
interface Held {
  readonly level: number;
  readonly slot: number;
  readonly age: number;
  readonly bytes: number;
}

/** So many series of instances are left, where there came to be too many. */
const instancesLeft = 0.8 * most.ofInstances;

/**
 * Drops the blocks whose time is over, and then, while more than `maxBytes` are left, what has had the greatest share of its time. Returns
 * the series of which nothing is left, or that make room for younger instances; forgetting them is up to the caller. Nothing grows old by a clock that is ahead of the last round, nor
 * on the day after it leapt.
 */
export async function pruneMetrics(
  book: MetricBook,
  now: number,
  maxBytes: number,
  breathe: () => Promise<void>,
): Promise<number[]> {
  const { levels, shelf } = book;
  const leap = book.leap();
  const moment = Math.min(
    now,
    book.newest,
    ...(leap === undefined ? [] : [(leap.before + 1) * book.finest.blockMs]),
  );
  const used = idsIn(book);
  const seen = new Map<number, number>();
  const held: Held[] = [];
  for (const [level, { keepMs, blockMs }] of levels.entries())
    for (const slot of [...shelf.slots(level)]) {
      await breathe();
      const age = (moment - (slot + 1) * blockMs) / keepMs;
      if (age >= 1) shelf.drop(level, slot);
      else {
        let bytes = 0;
        for (const size of shelf.sizes(level, slot)) bytes += size.bytes;
        held.push({ level, slot, age, bytes });
      }
    }
  held.sort((one, other) => other.age - one.age);
  let total = held.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { level, slot, bytes } of held) {
    await breathe();
    if (total > maxBytes) {
      shelf.drop(level, slot);
      total -= bytes;
    } else
      for (const { id } of shelf.sizes(level, slot)) {
        used.add(id);
        // A coarse block says only roughly when: what is in no finer one ended before the others.
        if (level < levels.length - 1)
          seen.set(id, Math.max(seen.get(id) ?? 0, (slot + 1) * levels[level]!.blockMs));
      }
  }
  for (const id of instancesToForget(book, seen)) used.delete(id);
  // Since this began, some may have come into windows.
  for (const id of idsIn(book)) used.add(id);
  return [...book.index.all()]
    .filter(({ id, since }) => !used.has(id) && since <= moment)
    .map(({ id }) => id);
}

/** Of the series of instances those that ended first, where there are too many. */
function instancesToForget({ index }: MetricBook, seen: ReadonlyMap<number, number>): number[] {
  const ids = [...index.all()].filter(({ labels }) => isOfInstance(labels)).map(({ id }) => id);
  if (ids.length < 0.9 * most.ofInstances) return [];
  const lastSeen = (id: number): number => seen.get(id) ?? 0;
  return ids.sort((one, other) => lastSeen(one) - lastSeen(other)).slice(0, ids.length - instancesLeft);
}

function idsIn({ windows }: MetricBook): Set<number> {
  return new Set(windows.flatMap((window) => window.ids()));
}
