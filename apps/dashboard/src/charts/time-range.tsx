import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { refreshOf, type Span, spanOf, timeKeys } from './span.ts';

interface TimeRange {
  readonly span: Span;
  /** The moment that `span` was taken at. */
  readonly now: number;
  readonly refreshMs: number;
  /** Whether the period before is shown beside it. */
  readonly compares: boolean;
  /** Changes parts of the address that are about time; an empty value takes one out. */
  set(parts: Partial<Record<(typeof timeKeys)[number], string>>): void;
}

const Remembered = createContext<{ current: string } | undefined>(undefined);

/** Keeps what was chosen on one page for the next one that shows time. */
export function TimeMemory({ children }: { children: ReactNode }) {
  return <Remembered.Provider value={useRef('')}>{children}</Remembered.Provider>;
}

/** The time that this page shows: what its address says, else what was chosen before, else the last hour. */
export function useTimeRange(): TimeRange {
  const remembered = useContext(Remembered);
  const [query, setQuery] = useSearchParams();
  const own = timeText(query);
  const carried = own === '' ? (remembered?.current ?? '') : own;
  useEffect(() => {
    if (own === '' && carried !== '') setQuery((before) => withTime(before, carried), { replace: true });
    else if (remembered !== undefined) remembered.current = own;
  }, [own, carried]);

  const refreshMs = refreshOf(new URLSearchParams(carried)) * 1000;
  const [now, setNow] = useState(Date.now);
  const first = useRef(carried);
  useEffect(() => {
    // What was chosen begins now; what was there at first has begun.
    if (first.current !== carried) setNow(Date.now());
    first.current = carried;
    if (refreshMs === 0) return;
    const timer = setInterval(() => document.hidden || setNow(Date.now()), refreshMs);
    return () => clearInterval(timer);
  }, [refreshMs, carried]);
  const span = useMemo(() => spanOf(new URLSearchParams(carried), now), [carried, now]);
  return {
    span,
    now,
    refreshMs: span.live ? refreshMs : 0,
    compares: new URLSearchParams(carried).get('compare') === '1',
    set: (parts) => {
      const next = new URLSearchParams(carried);
      for (const [key, value] of Object.entries(parts)) {
        if (value === '') next.delete(key);
        else next.set(key, value);
      }
      if (remembered !== undefined) remembered.current = next.toString();
      setQuery((before) => withTime(before, next.toString()));
    },
  };
}

function timeText(query: URLSearchParams): string {
  const parts = timeKeys.flatMap((key) => {
    const value = query.get(key);
    return value === null ? [] : [[key, value]];
  });
  return new URLSearchParams(parts).toString();
}

function withTime(query: URLSearchParams, time: string): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const key of timeKeys) next.delete(key);
  for (const [key, value] of new URLSearchParams(time)) next.set(key, value);
  return next;
}
