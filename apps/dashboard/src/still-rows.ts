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

/** `busy` holds them too: something is open, or the list is scrolled. Rows that are held still show what is known of them now. */
export function useStillRows<T>(all: readonly T[], keyOf: (row: T) => string, busy: boolean): StillRows<T> {
  const [pointed, setPointed] = useState(false);
  const [, setReleased] = useState(0);
  const kept = useRef<readonly T[]>(all);
  const known = new Set(kept.current.map(keyOf));
  const fresh = all.filter((row) => !known.has(keyOf(row))).length;
  if (pointed || busy) {
    const now = new Map(all.map((row) => [keyOf(row), row]));
    kept.current = kept.current.map((row) => now.get(keyOf(row)) ?? row);
  } else kept.current = all;
  return {
    rows: kept.current,
    news: pointed || busy ? fresh : 0,
    release: () => {
      kept.current = all;
      setReleased((times) => times + 1);
    },
    hold: { onPointerEnter: () => setPointed(true), onPointerLeave: () => setPointed(false) },
  };
}
