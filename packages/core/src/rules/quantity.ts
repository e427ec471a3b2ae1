import { WherryError } from '../errors.ts';
import { printable } from '../names.ts';

const binary: Record<string, number> = {
  '': 1,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  k: 1e3,
  // As Docker has it, and so older stack files.
  m: 2 ** 20,
  g: 2 ** 30,
  M: 1e6,
  G: 1e9,
  T: 1e12,
};

const refuse = (field: string, text: string, wants: string): never => {
  throw new WherryError('bad_value', `${field}: ${printable(text)} is not ${wants}`, { component: 'rules' });
};

/** Bytes of a Kubernetes memory quantity such as `128Mi`, `1G` or `1048576`. */
export function memoryBytes(field: string, text: string): number {
  const match = /^(\d{1,12}(?:\.\d{1,6})?(?:[eE]\d{1,2})?)([KMGT]i|[kMGTmg])?$/.exec(text);
  if (match === null) return refuse(field, text, 'a memory size such as 128Mi');
  return Math.round(Number(match[1]) * (binary[match[2] ?? ''] ?? 1));
}

/** Processors of a Kubernetes quantity such as `100m` or `0.5`. */
export function cpuCount(field: string, text: string): number {
  const match = /^(\d{1,6}(?:\.\d{1,6})?)(m)?$/.exec(text);
  if (match === null) return refuse(field, text, 'a processor share such as 100m or 0.5');
  return Number(match[1]) / (match[2] === undefined ? 1 : 1000);
}

const unitMs: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  '\u00b5s': 1e-3,
  '\u03bcs': 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

const longestMs = 36_525 * 86_400_000;

/** Milliseconds of a duration as OpenFaaS's own settings have it: whole seconds (`60`) or Go's spelling (`1m30s`, `500ms`). */
export function goDurationMs(field: string, text: string): number {
  return (
    spanMs(text, /(\d{1,9}(?:\.\d{1,9})?)(ns|us|[\u00b5\u03bc]s|ms|s|m|h)/g) ??
    refuse(field, text, goDuration)
  );
}

/** Milliseconds of any other duration: Go's spelling, and days and weeks of 24 hours each (`7d`, `1d12h`, `2w`); of a hundred years at most. */
export function durationMs(field: string, text: string): number {
  const ms = spanMs(text, /(\d{1,9}(?:\.\d{1,9})?)(ns|us|[\u00b5\u03bc]s|ms|s|m|h|d|w)/g);
  return ms !== undefined && ms <= longestMs ? ms : refuse(field, text, duration);
}

const goDuration = 'a duration such as 30s or 1m30s (units: ms, s, m, h)';
const duration = 'a duration such as 30s, 1m30s or 7d (units: ms, s, m, h, d, w)';

function spanMs(text: string, units: RegExp): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const parts = [...text.matchAll(units)];
  if (parts.length === 0 || parts.map((p) => p[0]).join('') !== text) return undefined;
  return parts.reduce((sum, p) => sum + Number(p[1]) * (unitMs[p[2] ?? ''] ?? 0), 0);
}

/** A whole number between two bounds. */
export function wholeNumber(field: string, text: string, from: number, to: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= from && value <= to ? value : refuse(field, text, `a whole number from ${from} to ${to}`);
}

/** `true` or `1`, `false` or `0`. */
export function flag(field: string, text: string): boolean {
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : refuse(field, text, 'true or false');
}
