import { duration } from '../words.ts';

interface Stages {
  readonly totalMs: number;
  readonly waitMs: number;
  readonly wakeMs: number;
  readonly runMs: number;
}

/** Where the time of a call went: waiting, waking, running; what is left over is the gateway's. */
export function StageBar({ totalMs, waitMs, wakeMs, runMs }: Stages) {
  const share = (ms: number): string => `${Math.min(100, (ms / Math.max(totalMs, 0.001)) * 100)}%`;
  const text = `waited ${duration(waitMs)}, woke ${duration(wakeMs)}, ran ${duration(runMs)}`;
  return (
    <div
      role="img"
      aria-label={text}
      title={text}
      className="flex h-2 overflow-hidden rounded-full bg-surface-3"
    >
      <div className="bg-warn" style={{ width: share(waitMs) }} />
      <div className="bg-info" style={{ width: share(wakeMs) }} />
      <div className="bg-accent" style={{ width: share(runMs) }} />
    </div>
  );
}
