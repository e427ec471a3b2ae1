import { WherryError } from '../errors.ts';
import { durationMs, wholeNumber } from './quantity.ts';

/** How often, when and for how long a queued call is tried. */
export interface Retries {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  /** Status codes that a retry may mend. */
  readonly codes: ReadonlySet<number>;
  /** The first wait; each further one is twice as long. */
  readonly minWaitMs: number;
  readonly maxWaitMs: number;
  /** From then on, counted from the moment it was accepted, it is not begun any more. */
  readonly maxAgeMs: number;
}

/** As OpenFaaS Pro's queue has them; the age is AWS Lambda's. */
export const usualRetries: Retries = {
  attempts: 10,
  codes: new Set([408, 429, 500, 502, 503, 504]),
  minWaitMs: 10_000,
  maxWaitMs: 120_000,
  maxAgeMs: 6 * 3_600_000,
};

const attemptsKey = 'com.openfaas.retry.attempts';
const codesKey = 'com.openfaas.retry.codes';
const minWaitKey = 'com.openfaas.retry.min_wait';
const maxWaitKey = 'com.openfaas.retry.max_wait';
const maxAgeKey = 'com.wherry.queue.max-age';

/** Reads the annotations of a function. Throws `bad_value` naming the one that can't be understood. */
export function retriesOf(note: (key: string) => string | undefined): Retries {
  const given = <T>(key: string, read: (key: string, text: string) => T, otherwise: T): T => {
    const text = note(key);
    return text === undefined ? otherwise : read(key, text);
  };
  const minWaitMs = given(minWaitKey, wait, usualRetries.minWaitMs);
  const maxWaitMs = given(maxWaitKey, wait, Math.max(minWaitMs, usualRetries.maxWaitMs));
  if (maxWaitMs < minWaitMs) throw refused(maxWaitKey, `shorter than ${minWaitKey}`);
  return {
    attempts: given(attemptsKey, (key, text) => wholeNumber(key, text, 1, 100), usualRetries.attempts),
    codes: given(codesKey, statusCodes, usualRetries.codes),
    minWaitMs,
    maxWaitMs,
    maxAgeMs: given(
      maxAgeKey,
      (key, text) => within(key, durationMs(key, text), 1_000, 30 * 86_400_000),
      usualRetries.maxAgeMs,
    ),
  };
}

function wait(key: string, text: string): number {
  return within(key, durationMs(key, text), 10, 86_400_000);
}

function statusCodes(key: string, text: string): ReadonlySet<number> {
  return new Set(text.split(',').map((code) => wholeNumber(key, code.trim(), 400, 599)));
}

function within(key: string, value: number, from: number, to: number): number {
  if (value >= from && value <= to) return value;
  throw refused(key, `outside ${from / 1000}s to ${to / 1000}s`);
}

function refused(key: string, why: string): WherryError {
  return new WherryError('bad_value', `${key}: ${why}`, { component: 'rules' });
}
