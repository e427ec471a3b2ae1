import type { AlertGroup, AlertState } from '../alert.ts';

/** How patiently people are told. Milliseconds. */
export interface AlertPace {
  /** After the first alert of a group, for others that belong to it. */
  readonly waitMs: number;
  /** Between two messages about the same group. */
  readonly intervalMs: number;
  /** Until what still fires is told of again. */
  readonly repeatMs: number;
}

/** What of a group is to be told now; undefined where nothing is. */
export interface GroupNews {
  readonly firing: readonly AlertState[];
  readonly resolved: readonly AlertState[];
}

/**
 * `silenced`: nobody wants to hear that it fires, or nobody does. That it no longer does is told to whoever was told that it does. `repeats`:
 * somebody is to be told again.
 */
export function groupNews(
  group: AlertGroup | undefined,
  alerts: readonly AlertState[],
  silenced: (alert: AlertState) => boolean,
  pace: AlertPace,
  now: number,
  repeats: (firing: readonly AlertState[]) => boolean = () => isDue(group?.toldAt, pace.repeatMs, now),
): GroupNews | undefined {
  const firing = alerts.filter((alert) => alert.state === 'firing' && !silenced(alert));
  const resolved = alerts.filter(({ state, told }) => state === 'resolved' && told);
  const begun = firing.filter(({ told }) => !told).map(({ firingSince = 0 }) => firingSince);
  const ended = resolved.map(({ resolvedAt = 0 }) => resolvedAt);
  if (begun.length === 0 && ended.length === 0)
    return firing.length > 0 && repeats(firing) ? { firing, resolved } : undefined;
  const first = Math.min(...begun, ...ended);
  if (now - first < pace.waitMs || !isDue(group?.toldAt, pace.intervalMs, now)) return undefined;
  return { firing, resolved };
}

/** Whether so much has passed since. A clock that was set back must not silence anybody. */
export function isDue(since: number | undefined, afterMs: number, now: number): boolean {
  return since === undefined || Math.abs(now - since) >= afterMs;
}
