import type { DemoFunction, DemoVersion } from './shop.ts';

// What the month was like: days and nights, weekends, growth, and the few bad hours that somebody will want to look at.

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The month ends now: where an incident stands in it, in days before that. */
export interface Month {
  readonly from: number;
  readonly to: number;
}

interface Incident {
  readonly name: string;
  readonly daysAgo: number;
  readonly minutes: number;
  /** Share of calls that fail while it lasts. */
  readonly failing: number;
  readonly slowness: number;
}

export const incidents: readonly Incident[] = [
  // The payment provider was down.
  { name: 'checkout', daysAgo: 8.9, minutes: 29, failing: 0.42, slowness: 6 },
  { name: 'payment-webhook', daysAgo: 8.9, minutes: 29, failing: 0.3, slowness: 1 },
  // The mail server refused most mails.
  { name: 'send-receipt', daysAgo: 2.3, minutes: 95, failing: 0.7, slowness: 1.5 },
];

/** A picture too large for its memory was tried again and again. */
export const crashes = { name: 'resize-image', daysAgo: 14.95, minutes: 34, everyMinutes: 1.7 };

/** Calls an hour at a moment. */
export function rateAt({ perHour = 0 }: DemoFunction, at: number, month: Month): number {
  const date = new Date(at);
  const clock = date.getUTCHours() + date.getUTCMinutes() / 60;
  const busy =
    0.06 + 0.94 * Math.exp(-(((clock - 15) / 4.6) ** 2)) + 0.35 * Math.exp(-(((clock - 9.5) / 2) ** 2));
  const weekend = [0, 6].includes(date.getUTCDay()) ? 0.62 : 1;
  const grown = 0.8 + (0.35 * (at - month.from)) / (month.to - month.from);
  return perHour * busy * weekend * grown;
}

/** The version that is live at a moment, and its number; undefined before the first. */
export function versionAt(
  { versions }: DemoFunction,
  at: number,
  { to }: Month,
): (DemoVersion & { readonly number: number }) | undefined {
  const begun = versions
    .map((version, index) => ({ ...version, number: index + 1, at: to - version.daysAgo * day }))
    .filter((version) => version.at <= at)
    .filter(({ at: since, goneBackAfterMinutes = Infinity }) => at < since + goneBackAfterMinutes * minute);
  return begun.at(-1);
}

/** What is the matter with a function at a moment. */
export function incidentAt(name: string, at: number, { to }: Month): Incident | undefined {
  return incidents.find((one) => {
    const since = to - one.daysAgo * day;
    return one.name === name && at >= since && at < since + one.minutes * minute;
  });
}

/** Numbers around 1 whose logarithms are normal. */
export function around(spread: number, random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.exp(spread * normal);
}

/** How many there are where `mean` are expected. */
export function poisson(mean: number, random: () => number): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * Math.log(around(1, random))));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}
