import type { Params } from '@wherry/wire/connection';
import type { TableFormat } from '@wherry/wire/tables/formats';
import { neverLinked } from '@wherry/wire/tables/names';
import { Download } from 'lucide-react';
import { type FocusEvent, type KeyboardEvent, useId, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useSession } from '../current-session.ts';
import { useTell } from './notice.tsx';
import { saveTable } from './save-table.ts';

const formats: readonly (readonly [TableFormat, string])[] = [
  ['csv', 'CSV'],
  ['xlsx', 'Excel'],
  ['json', 'JSON'],
];

/**
 * What is on screen as a file, and all that is behind it: a table of the gateway with the filters of the page. `small` is a sign alone, for the heads of charts.
 */
export function ExportMenu({
  table,
  query = {},
  of,
  small = false,
}: {
  table: string;
  query?: Params;
  /** What it is, where a page has several. */
  of?: string;
  small?: boolean;
}) {
  const { client } = useSession();
  const tell = useTell();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const list = useId();
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const filters = new URLSearchParams(given.map(([key, value]) => [key, String(value)]));
  const name = of === undefined ? 'Export' : `Export ${of}`;
  const save = (format: TableFormat): void => {
    setOpen(false);
    setBusy(true);
    button.current?.focus();
    saveTable(client, table, Object.fromEntries(given), format)
      .then(
        () => tell(`${table}.${format} is saved.`),
        (error: Error) => tell(`It failed: ${error.message}`),
      )
      .finally(() => setBusy(false));
  };
  const keyed = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !open) return;
    event.stopPropagation();
    setOpen(false);
    button.current?.focus();
  };
  const left = (event: FocusEvent): void => {
    if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
  };
  return (
    <span className="relative" onKeyDown={keyed} onBlur={left}>
      <button
        ref={button}
        type="button"
        className={small ? 'icon-button' : 'button'}
        aria-expanded={open}
        aria-controls={list}
        disabled={busy}
        title={small ? 'Export' : undefined}
        onClick={() => setOpen(!open)}
      >
        <Download size={16} aria-hidden />
        <span className={small ? 'sr-only' : 'max-md:sr-only'}>{busy ? 'Saving …' : name}</span>
      </button>
      <span
        id={list}
        hidden={!open}
        className="panel absolute top-full right-0 z-20 mt-1 flex w-56 flex-col p-1.5 text-left shadow-lg"
      >
        {open && (
          <>
            {formats.map(([format, word]) => (
              <button key={format} type="button" className={entry} onClick={() => save(format)}>
                {word} <span className="text-xs text-muted">{`.${format}`}</span>
              </button>
            ))}
            {!(neverLinked as readonly string[]).includes(table) && (
              <Link href={linkPath(table, filters)} className={entry}>
                Link for Excel, Power BI
              </Link>
            )}
            <span className="border-t border-line px-2.5 pt-2 pb-1 text-xs break-words whitespace-normal text-muted">
              {given.length === 0 ? `All rows of ${table}` : `${table}: ${filtersText(given)}`}
            </span>
          </>
        )}
      </span>
    </span>
  );
}

const entry =
  'flex min-h-8 items-center justify-between gap-2 rounded-md px-2.5 text-left text-strong hover:bg-surface-2';
const longest = 60;

const linkPath = (table: string, filters: URLSearchParams): string =>
  `/reports/links?${new URLSearchParams({ make: table, filters: filters.toString() })}`;

function filtersText(given: readonly (readonly [string, unknown])[]): string {
  return given
    .map(([key, value]) => `${key} ${String(value)}`)
    .map((text) => (text.length > longest ? `${text.slice(0, longest)} …` : text))
    .join(', ');
}
