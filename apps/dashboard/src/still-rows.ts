import { useRef, useState } from 'react';

/** Rows that keep their places while somebody points at them or works on them. */
export interface StillRows<T> {
  readonly rows: readonly T[];
  /** How many have come that are not shown yet. */
  readonly news: number;
  readonly release: () => void;
  /** For the element that holds them. */
  readonly hold: {
    readonly onPointerEnter: () => void;
    readonly onPointerLeave: () => void;
  };
}

interface Kept<T> {
  readonly all: readonly T[];
  readonly rows: readonly T[];
  readonly news: number;
  readonly held: boolean;
}

/** `busy` holds them too: something is open, or the list is scrolled. */
export function useStillRows<T>(all: readonly T[], keyOf: (row: T) => string, busy: boolean): StillRows<T> {
  const [pointed, setPointed] = useState(false);
  const [, setReleased] = useState(0);
  const kept = useRef<Kept<T>>({ all, rows: all, news: 0, held: false });
  const held = pointed || busy;
  // Of a hundred thousand rows nothing is looked at while they only scroll.
  if (!held) kept.current = { all, rows: all, news: 0, held };
  else if (all !== kept.current.all || !kept.current.held)
    kept.current = { all, held, ...stayed(all, kept.current.rows, keyOf) };
  return {
    rows: kept.current.rows,
    news: kept.current.news,
    release: () => {
      kept.current = { all, rows: all, news: 0, held };
      setReleased((times) => times + 1);
    },
    hold: { onPointerEnter: () => setPointed(true), onPointerLeave: () => setPointed(false) },
  };
}

/** The rows as they stood, with what is known of them now. What comes behind the last one moves nothing, and is shown. */
function stayed<T>(
  all: readonly T[],
  before: readonly T[],
  keyOf: (row: T) => string,
): { readonly rows: readonly T[]; readonly news: number } {
  const now = new Map(all.map((row) => [keyOf(row), row]));
  const rows = before.map((row) => now.get(keyOf(row)) ?? row);
  const known = new Set(before.map(keyOf));
  const last = before.at(-1);
  const end = last === undefined ? -1 : all.findLastIndex((row) => keyOf(row) === keyOf(last));
  const behind = end < 0 ? [] : all.slice(end + 1).filter((row) => !known.has(keyOf(row)));
  const fresh = all.reduce((count, row) => count + (known.has(keyOf(row)) ? 0 : 1), 0);
  return { rows: [...rows, ...behind], news: fresh - behind.length };
}
