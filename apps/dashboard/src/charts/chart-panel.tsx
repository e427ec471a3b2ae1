import { useQueries } from '@tanstack/react-query';
import { LineChart } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { useSession } from '../current-session.ts';
import { ExportMenu } from '../parts/export-menu.tsx';
import { Failure, Skeleton } from '../parts/states.tsx';
import { explorePath } from '../paths.ts';
import type { Session } from '../session.ts';
import { chartExport } from './chart-export.ts';
import { Chart, type Mark } from './chart.tsx';
import type { Kind } from './kinds.ts';
import { largestOf, mostLines, pastOf, type Row, topSeries } from './series.ts';
import { OtherLines } from './other-lines.tsx';
import { aligned, seriesIn } from './rows-as-series.ts';
import { type Grid, gridOf, spanBefore, withIntervals } from './span.ts';
import { useTimeRange } from './time-range.tsx';
import type { Unit } from './units.ts';

/** One query of a chart. `legend` may name labels, as `{{code}}`; without it, a line is called by all of them. */
export interface ChartQuery {
  readonly text: string;
  readonly legend?: string;
  readonly tone?: string;
}

export interface ChartSpec {
  readonly title: string;
  readonly how?: string;
  readonly kind: Kind;
  readonly unit: Unit;
  readonly queries: readonly ChartQuery[];
  /** The look of a line by its name. */
  readonly tones?: Readonly<Record<string, string>>;
}

const mostSteps = 240;
const mostBars = 60;
const shortestBarMs = 60_000;

/** A chart of queries over the time that the page shows. */
export function ChartPanel({
  spec,
  marks = [],
  height = 170,
  actions,
}: {
  spec: ChartSpec;
  marks?: readonly Mark[];
  height?: number;
  actions?: ReactNode;
}) {
  const { span, now, compares, set } = useTimeRange();
  const bars = spec.kind === 'bars';
  const [most, least] = bars ? [mostBars, shortestBarMs] : [mostSteps, undefined];
  const grid = useMemo(() => gridOf(span, now, most, least), [span, now, most, least]);
  const past = useMemo(
    () => gridOf(spanBefore(span), now, most, grid.stepMs),
    [span, now, most, grid.stepMs],
  );
  const current = useRows(spec, grid, true);
  const before = useRows(spec, past, compares);
  const [showsAll, setShowsAll] = useState(false);
  const all = useMemo(() => seriesIn(spec, grid, current.rows), [spec, grid, current.rows]);
  const few = useMemo(() => topSeries(all, spec.kind === 'area' || spec.kind === 'bars'), [all, spec.kind]);
  const series = useMemo(() => (showsAll ? largestOf(all, mostLines) : few.drawn), [showsAll, all, few]);
  const earlier = useMemo(
    () =>
      compares
        ? aligned(pastOf(series, seriesIn(spec, past, before.rows), showsAll ? undefined : few.sum), grid)
        : [],
    [compares, spec, past, before.rows, grid, series, showsAll, few],
  );
  const box = (children: ReactNode): ReactNode => (
    <section className="panel min-w-0 p-3">
      <header className="mb-2 flex items-center gap-2">
        <h2 className="grow">{spec.title}</h2>
        {actions}
      </header>
      {children}
    </section>
  );
  if (current.error !== null && current.rows === undefined)
    return box(<Failure error={current.error} retry={current.again} />);
  if (current.rows === undefined) return box(<Skeleton what="the numbers" />);
  if (series.length === 0)
    return box(
      <p className="text-muted" style={{ minHeight: height }}>
        Nothing was measured in this time. <span className="whitespace-nowrap">No data is not zero.</span>
      </p>,
    );
  return (
    <Chart
      title={spec.title}
      {...(spec.how === undefined ? {} : { how: spec.how })}
      kind={spec.kind}
      unit={spec.unit}
      span={span}
      grid={grid}
      series={series}
      past={earlier}
      marks={marks}
      height={height}
      {...(few.left === 0
        ? {}
        : {
            others: (
              <OtherLines
                all={all.length}
                few={few}
                showsAll={showsAll}
                change={() => setShowsAll(!showsAll)}
              />
            ),
          })}
      zoom={(from, to) =>
        set({ range: '', from: String(Math.floor(from / 1000)), to: String(Math.ceil(to / 1000)) })
      }
      actions={
        <>
          {actions}
          <ExportMenu table="metrics" query={chartExport(spec.queries, grid, span)} of={spec.title} small />
          <Link
            href={explorePath(spec.queries.map(({ text }) => text))}
            className="icon-button"
            aria-label={`Explore ${spec.title}`}
            title="Explore"
          >
            <LineChart size={16} aria-hidden />
          </Link>
        </>
      }
    />
  );
}

/** What each query gives on a grid; undefined until all have answered once. */
function useRows(spec: ChartSpec, grid: Grid, enabled: boolean) {
  const { client } = useSession();
  const { refreshMs } = useTimeRange();
  const [first = 0, last = 0] = [grid.times[0], grid.times.at(-1)];
  return useQueries({
    queries: spec.queries.map(({ text }) => ({
      queryKey: ['range', text, first, last, grid.stepMs],
      queryFn: () =>
        client.queryRange({
          query: withIntervals(text, grid.stepMs),
          start: String(first / 1000),
          end: String(last / 1000),
          step: String(grid.stepMs / 1000),
        }),
      enabled,
      ...(refreshMs > 0 ? { refetchInterval: refreshMs } : {}),
      // What was there stays until the new numbers come, if it answers the same question.
      placeholderData: (before: Answer | undefined, of?: { queryKey: readonly unknown[] }) =>
        of?.queryKey[1] === text ? before : undefined,
    })),
    combine: together,
  });
}

type Answer = Awaited<ReturnType<Session['client']['queryRange']>>;

function together(
  answers: readonly {
    data: { result: readonly Row[] } | undefined;
    error: Error | null;
    refetch: () => unknown;
  }[],
) {
  return {
    rows: answers.some(({ data }) => data === undefined)
      ? undefined
      : answers.map(({ data }) => data?.result ?? []),
    error: answers.find(({ error }) => error !== null)?.error ?? null,
    again: () => answers.forEach(({ refetch }) => void refetch()),
  };
}
