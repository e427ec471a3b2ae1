import { type ReactNode, useEffect, useRef, useState } from 'react';
import { type Action, useKeys } from '../../keys.ts';

/** Things below each other that need more room than the row of a table. One of them is chosen with j and k, and `keys` are for that one. */
export function Rows<T>({
  label,
  rows,
  keyOf,
  keys = {},
  apart = false,
  children,
}: {
  label: string;
  rows: readonly T[];
  keyOf: (row: T) => string;
  keys?: Partial<Record<Action, (row: T) => void>>;
  /** Whether each has a frame of its own. */
  apart?: boolean;
  children: (row: T, place: number) => ReactNode;
}) {
  const list = useRef<HTMLUListElement>(null);
  // By its key: what comes on top must not change which one is meant.
  const [chosen, setChosen] = useState('');
  const at = rows.findIndex((row) => keyOf(row) === chosen);
  const row = rows[at];
  const choose = (place: number): void => {
    const next = rows[Math.max(0, Math.min(place, rows.length - 1))];
    if (next !== undefined) setChosen(keyOf(next));
  };
  useEffect(() => {
    if (at >= 0) list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  useKeys({
    down: () => choose(at + 1),
    up: () => choose(at - 1),
    ...(row === undefined
      ? {}
      : Object.fromEntries(Object.entries(keys).map(([name, act]) => [name, () => act?.(row)]))),
  });
  return (
    <ul ref={list} aria-label={label} className={apart ? 'space-y-4' : 'panel divide-y divide-line'}>
      {rows.map((one, place) => (
        <li
          key={keyOf(one)}
          aria-current={place === at ? 'true' : undefined}
          className={
            place !== at
              ? ''
              : apart
                ? 'rounded-lg outline-2 outline-accent'
                : 'bg-surface-2 shadow-[inset_3px_0_var(--accent)]'
          }
        >
          {children(one, place)}
        </li>
      ))}
    </ul>
  );
}
