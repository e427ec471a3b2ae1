import { Table2 } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useId, useMemo, useState } from 'react';
import { ChartTable, Legend } from './chart-tables.tsx';
import type { Drawn, Line, Look } from './drawing.ts';
import type { Kind } from './kinds.ts';
import { lookOf } from './looks.ts';
import { type Series, stacked, stats } from './series.ts';
import type { Grid, Span } from './span.ts';
import { said, type Unit } from './units.ts';

const Plot = lazy(() => import('./plot.tsx'));

/** A moment that charts mark, in milliseconds. */
export interface Mark {
  readonly at: number;
  readonly word: string;
}

export interface ChartProps {
  readonly title: string;
  /** What was done with the samples, as `rate over 1 min`. */
  readonly how?: string;
  readonly kind: Kind;
  readonly unit: Unit;
  readonly span: Span;
  readonly grid: Grid;
  readonly series: readonly Series[];
  /** The period before, each by the name that it has in `series`. */
  readonly past?: readonly Series[];
  readonly marks?: readonly Mark[];
  readonly height?: number;
  readonly zoom: (from: number, to: number) => void;
  readonly actions?: ReactNode;
  /** What is said below of lines that are not drawn. */
  readonly others?: ReactNode;
}

/** A chart over time, its legend with numbers, and the same as a table. */
export function Chart(props: ChartProps) {
  const {
    title,
    how,
    kind,
    unit,
    span,
    grid,
    series,
    past = [],
    marks = [],
    height = 170,
    zoom,
    actions,
    others,
  } = props;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState<number>();
  const [asTable, setAsTable] = useState(false);
  const heading = useId();
  const rows = useMemo(
    () => series.map((one, place) => ({ series: one, look: lookOf(one, place) })),
    [series],
  );
  const drawn = useMemo<Drawn>(
    () => ({
      kind,
      times: grid.times,
      open: grid.open,
      lines: linesOf(
        kind,
        rows.filter((row) => !hidden.has(row.series.name)),
        past,
      ),
    }),
    [kind, grid, rows, past, hidden],
  );
  const plotMarks = useMemo(() => marks.map((mark) => ({ at: mark.at / 1000, word: mark.word })), [marks]);
  const toggle = (name: string): void => {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    setHidden(next);
  };
  return (
    <section aria-labelledby={heading} className="panel flex min-w-0 flex-col p-3">
      <header className="mb-1 flex items-center gap-2">
        <span className="flex min-w-0 grow flex-wrap items-baseline gap-x-2">
          <h2 id={heading} className="line-clamp-2 break-words" title={title}>
            {title}
          </h2>
          {how !== undefined && <span className="text-xs text-muted max-md:hidden">{how}</span>}
        </span>
        {actions}
        <button
          type="button"
          className="icon-button"
          aria-pressed={asTable}
          aria-label={`${title} as a table`}
          title="As a table"
          onClick={() => setAsTable(!asTable)}
        >
          <Table2 size={16} aria-hidden />
        </button>
      </header>
      <p className="sr-only">{summary(props)}</p>
      {asTable ? (
        <ChartTable title={title} unit={unit} grid={grid} series={series} height={height} />
      ) : (
        <div aria-hidden style={{ height }}>
          <Suspense fallback={null}>
            <Plot
              drawn={drawn}
              unit={unit}
              marks={plotMarks}
              from={span.from}
              to={span.to}
              height={height}
              group="time"
              zoom={zoom}
              hover={setAt}
            />
          </Suspense>
        </div>
      )}
      <Legend
        title={title}
        unit={unit}
        grid={grid}
        rows={rows}
        past={past}
        hidden={hidden}
        toggle={toggle}
        at={at}
      />
      {others}
    </section>
  );
}

function linesOf(
  kind: Kind,
  rows: readonly { series: Series; look: Look }[],
  past: readonly Series[],
): readonly Line[] {
  const stack = kind === 'area' || kind === 'bars';
  const shown = rows.map(({ series }) => series);
  const names = new Set(shown.map(({ name }) => name));
  const before = past.filter(({ name }) => names.has(name));
  const [now, then] = stack
    ? [stacked(shown), stacked(before).slice(-1)]
    : [shown.map(({ values }) => values), before.map(({ values }) => values)];
  const lookNamed = (name: string | undefined): Look | undefined =>
    rows.find(({ series }) => series.name === name)?.look;
  // Of a stack, only the sum is compared.
  const pastLines = then.map((values, i) => ({
    values,
    look: {
      tone: stack ? 'text-muted' : (lookNamed(before[i]?.name)?.tone ?? 'text-muted'),
      dash: [],
      past: true,
    },
  }));
  const lines = now.map((values, i) => ({ values, look: rows[i]?.look ?? { tone: 'chart-1', dash: [] } }));
  return stack ? [...pastLines, ...lines] : [...lines, ...pastLines];
}

/** What a picture says, in a sentence. */
function summary({ title, how, unit, series, marks = [], span }: ChartProps): string {
  const parts = series.map((one) => {
    const { now, mean, max } = stats(one);
    return `${one.name}: now ${said(now, unit)}, mean ${said(mean, unit)}, most ${said(max, unit)}`;
  });
  const inside = marks.filter(({ at }) => at >= span.from && at <= span.to);
  const deploys = inside.map(({ at, word }) => `${word} at ${new Date(at).toLocaleString('en-GB')}`);
  return [
    `${title}${how === undefined ? '' : ` (${how})`}. ${parts.join('; ')}.`,
    ...(deploys.length === 0 ? [] : [`Deployed: ${deploys.join(', ')}.`]),
  ].join(' ');
}
