import type { AlertRule, AlertState, Comparison } from '../alert.ts';
import type { Labels } from '../metric.ts';

/** What a rule sees of one series now. */
export interface Seen {
  readonly labels: Labels;
  readonly value: number;
  readonly line?: string;
}

export type Limits = Pick<AlertRule, 'name' | 'is' | 'threshold' | 'clear' | 'forMs' | 'keepMs'>;

/** NaN is beyond nothing, and yet there. */
export function holds(is: Comparison, value: number, threshold: number): boolean {
  switch (is) {
    case '>':
      return value > threshold;
    case '>=':
      return value >= threshold;
    case '<':
      return value < threshold;
    case '<=':
      return value <= threshold;
    case '==':
      return value === threshold;
    case '!=':
      return value !== threshold && !Number.isNaN(value);
    case 'present':
      return true;
  }
}

/**
 * How an alert goes on from here; undefined where it is over and nobody has to be told. `unknown`: a series that is missing now says nothing,
 * as after a start, when not everything has been measured yet.
 */
export function stepAlert(
  before: AlertState | undefined,
  seen: Seen | undefined,
  limits: Limits,
  now: number,
  unknown: boolean,
): AlertState | undefined {
  if (before?.state === 'firing') return whileFiring(before, seen, limits, now, unknown);
  const active = seen !== undefined && holds(limits.is, seen.value, limits.threshold);
  if (!active) {
    if (before === undefined || (seen === undefined && unknown)) return before;
    // Who was told that it fires hears that it no longer does, also where it was about to fire again.
    if (!before.told) return undefined;
    return before.state === 'resolved' ? before : { ...before, state: 'resolved', resolvedAt: now };
  }
  const again = before?.state === 'pending' ? before : undefined;
  const { labels, value, line } = seen;
  // A clock that was set back must not make anybody wait for ever.
  const since = Math.min(again?.since ?? now, now);
  const lined = line === undefined ? {} : { line };
  const pending = { labels, value, ...lined, since, heldAt: now, told: before?.told ?? false };
  const messages = before?.messages === undefined ? {} : { messages: before.messages };
  const rule = { rule: limits.name };
  return now - since >= limits.forMs
    ? { ...rule, ...pending, ...messages, state: 'firing', firingSince: now }
    : { ...rule, ...pending, ...messages, state: 'pending' };
}

function whileFiring(
  before: AlertState,
  seen: Seen | undefined,
  { is, threshold, clear = threshold, keepMs }: Limits,
  now: number,
  unknown: boolean,
): AlertState {
  if (seen === undefined && unknown) return before;
  if (seen !== undefined && holds(is, seen.value, clear))
    return { ...before, ...seen, labels: before.labels, heldAt: now };
  const heldAt = Math.min(before.heldAt, now);
  const value = seen?.value ?? before.value;
  if (now - heldAt < keepMs) return { ...before, value, heldAt };
  return { ...before, value, heldAt, state: 'resolved', resolvedAt: now };
}
