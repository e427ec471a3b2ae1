/** Ranges that end now, by what the address calls them. */
export const ranges = { '15m': 15, '1h': 60, '6h': 360, '24h': 1_440, '7d': 10_080, '30d': 43_200 } as const;
export type RangeName = keyof typeof ranges;
export const usualRange: RangeName = '1h';
/** Seconds between two looks; 0 is only when asked. */
export const refreshes = [0, 5, 30] as const;
export const usualRefresh = 30;

/** What of the time is shown. Milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** Whether it ends now, and goes on. */
  readonly live: boolean;
}

/** The parts of an address that are about time; they are carried from page to page. */
export const timeKeys = ['range', 'from', 'to', 'refresh', 'compare'] as const;

const minuteMs = 60_000;
const longest = 400 * 24 * 60 * minuteMs;

/** What an address says; what is no time there is the usual range. */
export function spanOf(query: URLSearchParams, now: number): Span {
  const [from, to] = [timeIn(query.get('from')), timeIn(query.get('to'))];
  if (from !== undefined && to !== undefined && from < to && to - from <= longest)
    return { from, to, live: false };
  return { from: now - ranges[rangeName(query)] * minuteMs, to: now, live: true };
}

export function rangeName(query: URLSearchParams): RangeName {
  const name = query.get('range') ?? '';
  return Object.hasOwn(ranges, name) ? (name as RangeName) : usualRange;
}

export function refreshOf(query: URLSearchParams): number {
  const seconds = Number(query.get('refresh') ?? usualRefresh);
  return (refreshes as readonly number[]).includes(seconds) ? seconds : usualRefresh;
}

/** Seconds since 1970. */
function timeIn(text: string | null): number | undefined {
  return text !== null && /^\d{1,10}$/.test(text) ? Number(text) * 1000 : undefined;
}

/** Where samples are asked for: whole steps, so that a look a moment later finds the same ones. */
export interface Grid {
  readonly times: readonly number[];
  readonly stepMs: number;
  /** Whether the last step is not over. */
  readonly open: boolean;
}

const steps = [
  10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400, 604_800,
].map((seconds) => seconds * 1000);

/** At most `most` steps, none shorter than `leastMs`. The step that is under way stands at its end, which is to come. */
export function gridOf(span: Span, now: number, most: number, leastMs = 10_000): Grid {
  const length = span.to - span.from;
  const stepMs = steps.find((step) => step >= leastMs && length / step <= most) ?? length;
  const first = Math.ceil(span.from / stepMs) * stepMs;
  const last = (span.live ? Math.ceil(span.to / stepMs) : Math.floor(span.to / stepMs)) * stepMs;
  const times = Array.from(
    { length: Math.max(1, Math.floor((last - first) / stepMs) + 1) },
    (_, i) => first + i * stepMs,
  );
  return { times, stepMs, open: span.live && last > now };
}

/** The same length of time before it. */
export const spanBefore = ({ from, to }: Span): Span => ({ from: from - (to - from), to: from, live: false });

/** 90 000 is `90s`, as durations are written in queries. */
export const durationText = (ms: number): string => `${Math.max(1, Math.round(ms / 1000))}s`;

/** Grafana's names for a step, and for the time that a rate is taken over, so that its queries can be pasted. */
export function withIntervals(text: string, stepMs: number): string {
  return text
    .replaceAll('$__rate_interval', durationText(Math.max(minuteMs, stepMs)))
    .replaceAll('$__interval', durationText(stepMs));
}
