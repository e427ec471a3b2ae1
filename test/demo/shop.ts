import type { Trigger } from '@wherry/core/call-record';

/** A version of a function of the demo: since when, and what is different with it. */
export interface DemoVersion {
  readonly daysAgo: number;
  /** How much longer than usual its calls take. */
  readonly slowness?: number;
  /** Somebody went back from it after so many minutes. */
  readonly goneBackAfterMinutes?: number;
}

/** A function of a small shop, and what its calls are like. */
export interface DemoFunction {
  readonly name: string;
  readonly runtime: 'node' | 'python';
  /** What it is for, as its log says. */
  readonly does: string;
  readonly trigger: Trigger;
  readonly method: string;
  readonly paths: readonly string[];
  /** Calls in the busiest hour of a usual day; none for one that is called by the clock. */
  readonly perHour?: number;
  /** Called every so many minutes, or once a day at an hour. */
  readonly everyMinutes?: number;
  readonly atHour?: number;
  /** Half of its calls take less, in milliseconds. */
  readonly medianMs: number;
  /** Standard deviation of the duration's logarithm. */
  readonly spread: number;
  /** Share of calls that fail on a good day, and with what. */
  readonly failing: number;
  readonly failsWith: number;
  readonly memoryMiB: number;
  /** Instances that always run. */
  readonly least: number;
  readonly versions: readonly DemoVersion[];
  readonly labels: Readonly<Record<string, string>>;
}

const usual = {
  runtime: 'node',
  trigger: 'http',
  method: 'POST',
  paths: ['/'],
  failsWith: 500,
  least: 0,
} as const;

export const shop: readonly DemoFunction[] = [
  {
    ...usual,
    name: 'checkout',
    does: 'order placed',
    paths: ['/orders', '/orders/confirm'],
    ...{ perHour: 420, medianMs: 140, spread: 0.45, failing: 0.004, failsWith: 502, memoryMiB: 96, least: 1 },
    versions: [{ daysAgo: 29.6 }, { daysAgo: 17.3 }, { daysAgo: 6.1, slowness: 0.85 }],
    labels: { team: 'payments', tier: 'critical' },
  },
  {
    ...usual,
    name: 'search',
    does: 'query answered',
    method: 'GET',
    paths: ['/products', '/products/suggest'],
    ...{ perHour: 1100, medianMs: 35, spread: 0.6, failing: 0.001, memoryMiB: 128, least: 1 },
    versions: [
      { daysAgo: 29.5 },
      { daysAgo: 12.2, slowness: 0.9 },
      { daysAgo: 4.6, slowness: 4, goneBackAfterMinutes: 37 },
    ],
    labels: { team: 'catalogue', tier: 'critical' },
  },
  {
    ...usual,
    name: 'resize-image',
    does: 'image resized',
    trigger: 'async',
    ...{ perHour: 150, medianMs: 420, spread: 0.5, failing: 0.006, memoryMiB: 180 },
    versions: [{ daysAgo: 29.4 }, { daysAgo: 14.9 }],
    labels: { team: 'catalogue' },
  },
  {
    ...usual,
    name: 'send-receipt',
    does: 'receipt sent',
    trigger: 'async',
    ...{ perHour: 260, medianMs: 90, spread: 0.4, failing: 0.01, failsWith: 503, memoryMiB: 64 },
    versions: [{ daysAgo: 29.4 }, { daysAgo: 9.2 }],
    labels: { team: 'payments' },
  },
  {
    ...usual,
    name: 'fraud-check',
    runtime: 'python',
    does: 'order scored',
    ...{ perHour: 410, medianMs: 60, spread: 0.35, failing: 0.0005, memoryMiB: 140, least: 1 },
    versions: [{ daysAgo: 29.3 }, { daysAgo: 20.8 }],
    labels: { team: 'payments', tier: 'critical' },
  },
  {
    ...usual,
    name: 'payment-webhook',
    does: 'event taken',
    trigger: 'event',
    ...{ perHour: 60, medianMs: 25, spread: 0.5, failing: 0.002, failsWith: 400, memoryMiB: 48 },
    versions: [{ daysAgo: 29.3 }],
    labels: { team: 'payments' },
  },
  {
    ...usual,
    name: 'invoice-pdf',
    runtime: 'python',
    does: 'invoice drawn',
    ...{ perHour: 18, medianMs: 900, spread: 0.4, failing: 0.003, memoryMiB: 210 },
    versions: [{ daysAgo: 28.1 }],
    labels: { team: 'finance' },
  },
  {
    ...usual,
    name: 'currency-rates',
    does: 'rates fetched',
    trigger: 'schedule',
    ...{ everyMinutes: 15, medianMs: 310, spread: 0.7, failing: 0.02, failsWith: 504, memoryMiB: 52 },
    versions: [{ daysAgo: 27.2 }],
    labels: { team: 'finance' },
  },
  {
    ...usual,
    name: 'nightly-report',
    runtime: 'python',
    does: 'report written',
    trigger: 'schedule',
    ...{ atHour: 2, medianMs: 12_000, spread: 0.2, failing: 0, memoryMiB: 190 },
    versions: [{ daysAgo: 29 }],
    labels: { team: 'finance' },
  },
];

/** It was there for a minute, four weeks ago, and is remembered. */
export const shortLived: DemoFunction = {
  ...usual,
  name: 'migrate-orders',
  does: 'orders migrated',
  ...{ perHour: 900, medianMs: 2400, spread: 0.3, failing: 0, memoryMiB: 88 },
  versions: [{ daysAgo: 28.03, goneBackAfterMinutes: 1 }],
  labels: { team: 'payments' },
};
