import { bytes, duration } from '../words.ts';

/** What the numbers of a chart count. */
export const units = ['number', 'per second', 'seconds', 'bytes', 'share'] as const;
export type Unit = (typeof units)[number];

/** A value as people say it. */
export function said(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return '–';
  if (!Number.isFinite(value)) return String(value);
  if (unit === 'seconds') return value === 0 ? '0 s' : duration(value * 1000);
  if (unit === 'bytes') return bytes(Math.round(value));
  if (unit === 'share') return `${short(value * 100)} %`;
  return unit === 'per second' ? `${short(value)}/s` : short(value);
}

/** Three digits that matter, and thousands as k. */
function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  if (size >= 10_000) return `${Number((value / 1000).toPrecision(3))} k`;
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  return size > 0 && size < 0.001 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}
