import type { Look } from './drawing.ts';
import type { Series } from './series.ts';

/** Hues of the theme, each with dashes of its own: colour alone tells nothing apart. */
const looks: readonly Look[] = [
  { tone: 'chart-1', dash: [] },
  { tone: 'chart-2', dash: [7, 3] },
  { tone: 'chart-3', dash: [2, 2] },
  { tone: 'chart-4', dash: [9, 3, 2, 3] },
  { tone: 'chart-5', dash: [4, 4] },
  { tone: 'chart-6', dash: [12, 4] },
];
const toned: Readonly<Record<string, readonly number[]>> = {
  ok: [],
  info: [8, 3],
  warn: [5, 3],
  bad: [2, 2],
  neutral: [1, 3],
};

export function lookOf(series: Series, place: number): Look {
  if (series.tone !== undefined) return { tone: series.tone, dash: toned[series.tone] ?? [] };
  const round = Math.floor(place / looks.length);
  const hue = looks[place % looks.length];
  // The second line of a hue has the dashes of the next.
  const dashes = looks[(place + round) % looks.length];
  return { tone: hue?.tone ?? 'chart-1', dash: dashes?.dash ?? [] };
}
