import type { Look } from './drawing.ts';
import { type Series, stats } from './series.ts';
import type { Grid } from './span.ts';
import { said, type Unit } from './units.ts';

const mostRows = 1_000;

/** A row for each line, with its numbers; a press hides it. Under the crosshair, the numbers of that time. */
export function Legend({
  title,
  unit,
  grid,
  rows,
  past,
  hidden,
  toggle,
  at,
}: {
  title: string;
  unit: Unit;
  grid: Grid;
  rows: readonly { readonly series: Series; readonly look: Look }[];
  past: readonly Series[];
  hidden: ReadonlySet<string>;
  toggle: (name: string) => void;
  at: number | undefined;
}) {
  const here = at === undefined ? undefined : grid.times[at];
  const before = new Map(past.map((series) => [series.name, stats(series)]));
  return (
    <table className="mt-1 w-full table-fixed text-right text-xs">
      <caption className="sr-only">{title}: now, mean and most</caption>
      <thead className="text-muted">
        <tr>
          <th scope="col" className="text-left font-normal">
            <span className="sr-only">Line</span>
          </th>
          <th scope="col" className="w-[4.5rem] font-normal">
            {here === undefined ? 'now' : timeOfDay(here)}
          </th>
          <th scope="col" className="w-[4.5rem] font-normal">
            mean
          </th>
          {past.length > 0 && (
            <th scope="col" className="w-[4.5rem] font-normal max-md:hidden">
              before
            </th>
          )}
          <th scope="col" className="w-[4.5rem] font-normal">
            max
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ series, look }) => {
          const { now, mean, max } = stats(series);
          return (
            <tr key={series.name} className={hidden.has(series.name) ? 'text-muted' : 'text-strong'}>
              <th scope="row" className="text-left font-normal">
                <button
                  type="button"
                  aria-pressed={!hidden.has(series.name)}
                  className="flex min-h-6 w-full min-w-0 items-center gap-2 text-left hover:underline"
                  title={series.name}
                  onClick={() => toggle(series.name)}
                >
                  <svg width="22" height="8" aria-hidden className="shrink-0">
                    <line
                      x1="0"
                      x2="22"
                      y1="4"
                      y2="4"
                      strokeWidth="2.5"
                      strokeDasharray={look.dash.join(' ')}
                      style={{ stroke: `var(--${hidden.has(series.name) ? 'border-strong' : look.tone})` }}
                    />
                  </svg>
                  <span className={`truncate ${hidden.has(series.name) ? 'line-through' : ''}`}>
                    {series.name}
                  </span>
                </button>
              </th>
              <td>{said(at === undefined ? now : (series.values[at] ?? null), unit)}</td>
              <td>{said(mean, unit)}</td>
              {past.length > 0 && (
                <td className="text-muted max-md:hidden">{said(before.get(series.name)?.mean, unit)}</td>
              )}
              <td>{said(max, unit)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The numbers themselves, newest first. */
export function ChartTable({
  title,
  unit,
  grid,
  series,
  height,
}: {
  title: string;
  unit: Unit;
  grid: Grid;
  series: readonly Series[];
  height: number;
}) {
  const places = grid.times.map((_, i) => grid.times.length - 1 - i).slice(0, mostRows);
  return (
    <div
      role="region"
      aria-label={`Numbers of ${title}`}
      tabIndex={0}
      className="overflow-auto"
      style={{ height: Math.max(height, 220) }}
    >
      <table className="w-full text-right text-xs">
        <caption className="sr-only">{title}, newest first</caption>
        <thead className="sticky top-0 bg-surface-1 text-muted">
          <tr>
            <th scope="col" className="pr-4 text-left font-normal">
              Time
            </th>
            {series.map(({ name }) => (
              <th key={name} scope="col" className="max-w-48 truncate pl-4 font-normal" title={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {places.map((i) => (
            <tr key={i} className="border-t border-line">
              <th scope="row" className="pr-4 text-left font-normal whitespace-nowrap">
                {new Date(grid.times[i] ?? 0).toLocaleString('en-GB')}
              </th>
              {series.map(({ name, values }) => (
                <td key={name} className="pl-4 text-strong">
                  {said(values[i], unit)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const timeOfDay = (ms: number): string =>
  new Date(ms).toLocaleString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
