import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { type Choice, moved, placeOf } from '../chosen-row.ts';
import { type Action, useKeys } from '../keys.ts';
import { useStillRows } from '../still-rows.ts';
import { count } from '../words.ts';

export interface Column<T> {
  readonly head: string;
  /** A track of a grid, such as `6rem` or `minmax(0,2fr)`. */
  readonly width: string;
  readonly cell: (row: T) => ReactNode;
  readonly right?: boolean;
  /** Whether it is shown where there is little room, and then how wide. */
  readonly narrow?: string;
}

const rowHeight = 40;
const loadBefore = 40;

/**
 * A table of which only the rows that are seen exist, so that a hundred thousand scroll like ten. Rows don't move under the pointer: what
 * comes waits behind a button. `open` is what Enter, a click on a row's first link and a click beside every other do.
 */
export function DataTable<T>({
  label,
  rows: all,
  keyOf,
  columns,
  open,
  current = '',
  keys = {},
  more,
  order = 'stays',
}: {
  label: string;
  rows: readonly T[];
  keyOf: (row: T) => string;
  columns: readonly Column<T>[];
  open?: (row: T) => void;
  /** The row that is open. */
  current?: string;
  /** What else is done to the chosen row by key. */
  keys?: Partial<Record<Action, (row: T) => void>>;
  /** Asked for when the end comes near. */
  more?: () => void;
  /** Whether what comes comes on top, so that a list that is scrolled must be held. */
  order?: 'stays' | 'newest-first';
}) {
  const box = useRef<HTMLDivElement>(null);
  const [choice, setChoice] = useState<Choice>();
  const [scrolled, setScrolled] = useState(false);
  const { rows, news, release, hold } = useStillRows(
    all,
    keyOf,
    order === 'newest-first' && (scrolled || current !== '' || choice !== undefined),
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const chosen = placeOf(choice, rows, keyOf);
  // One that is still shown and is gone in fact: keys do nothing to it.
  const there = useMemo(() => placeOf(choice, all, keyOf) >= 0, [choice, all]);
  const row = there ? rows[chosen] : undefined;
  useEffect(() => {
    if (chosen >= 0) virtual.scrollToIndex(chosen);
  }, [chosen]);
  useKeys({
    down: () => setChoice(moved(choice, rows, keyOf, 1)),
    up: () => setChoice(moved(choice, rows, keyOf, -1)),
    ...(row === undefined || open === undefined ? {} : { open: () => open(row) }),
    ...(row === undefined
      ? {}
      : Object.fromEntries(Object.entries(keys).map(([name, act]) => [name, () => act?.(row)]))),
  });
  const seen = virtual.getVirtualItems();
  const last = seen.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more !== undefined && last >= rows.length - loadBefore) more();
  }, [last, rows.length, more]);

  const clicked = (event: MouseEvent<HTMLElement>, one: T): void => {
    if (open !== undefined && isForRow(event)) open(one);
  };

  const narrow = columns.filter((column) => column.narrow !== undefined);
  const tracks = {
    '--wide': columns.map(({ width }) => width).join(' '),
    '--narrow': narrow.map((column) => column.narrow).join(' '),
  } as CSSProperties;
  const grid =
    'grid grid-cols-(--wide) items-center gap-4 px-4 max-md:grid-cols-(--narrow) max-md:gap-2 max-md:px-3';
  const look = ({ right, narrow: shown }: Column<T>): string =>
    `truncate ${right === true ? 'text-right' : ''} ${shown === undefined ? 'max-md:hidden' : ''}`;
  return (
    <div className="relative" {...hold}>
      {news > 0 && (
        <button
          type="button"
          className="button first absolute top-11 left-1/2 z-10 -translate-x-1/2 shadow-lg"
          onClick={() => {
            release();
            setChoice(undefined);
            box.current?.scrollTo({ top: 0 });
          }}
        >
          {count(news)} new
        </button>
      )}
      <div
        role="table"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        className="panel overflow-hidden"
        style={tracks}
      >
        <div role="row" aria-rowindex={1} className={`${grid} h-9 border-b border-line text-xs text-muted`}>
          {columns.map((column) => (
            <span key={column.head} role="columnheader" className={look(column)}>
              {column.head}
            </span>
          ))}
        </div>
        <div
          ref={box}
          role="rowgroup"
          tabIndex={0}
          aria-label={`${label}, rows`}
          className="max-h-[calc(100dvh-14rem)] overflow-y-auto"
          onScroll={({ currentTarget }) => setScrolled(currentTarget.scrollTop > rowHeight)}
        >
          <div className="relative" style={{ height: virtual.getTotalSize() }}>
            {seen.map(({ index, start }) => {
              const one = rows[index];
              if (one === undefined) return null;
              const here = index === chosen || keyOf(one) === current;
              return (
                <div
                  key={keyOf(one)}
                  role="row"
                  aria-rowindex={index + 2}
                  className={`${grid} absolute inset-x-0 h-10 border-b border-line ${open === undefined ? '' : 'cursor-pointer hover:bg-surface-2'} ${here ? 'bg-surface-2 shadow-[inset_3px_0_var(--accent)]' : ''}`}
                  style={{ transform: `translateY(${start}px)` }}
                  onClick={(event) => clicked(event, one)}
                >
                  {columns.map((column) => (
                    <span key={column.head} role="cell" className={look(column)}>
                      {column.cell(one)}
                    </span>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}

const own = 'a, button, input, select, textarea, label, summary, dialog';

/** Whether a click means the row: what stands in it keeps its own, and text that is selected was what the click was for. */
function isForRow({
  target,
  currentTarget,
  ctrlKey,
  metaKey,
  shiftKey,
  altKey,
}: MouseEvent<HTMLElement>): boolean {
  if (ctrlKey || metaKey || shiftKey || altKey) return false;
  if (!(target instanceof Element) || !currentTarget.contains(target)) return false;
  if (target.closest(own) !== null) return false;
  const selection = getSelection();
  return selection === null || selection.isCollapsed || !selection.containsNode(currentTarget, true);
}
