import { useQueries } from '@tanstack/react-query';
import { Play, Plus, X } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { ChartPanel, type ChartSpec } from '../../charts/chart-panel.tsx';
import { type Kind, kinds } from '../../charts/kinds.ts';
import { TimeControl } from '../../charts/time-control.tsx';
import { useTimeRange } from '../../charts/time-range.tsx';
import { gridOf, withIntervals } from '../../charts/span.ts';
import { type Unit, units } from '../../charts/units.ts';
import { useSession } from '../../current-session.ts';
import { PageHead } from '../../frame.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { shellWord } from '../../words.ts';
import { type Example, examples } from './examples.ts';
import { Expression } from './expression.tsx';
import { SaveToBoard } from '../boards/save-to-board.tsx';

const mostQueries = 5;

/** Any query over the history, drawn. The queries and how they are drawn stand in the address. */
export default function ExplorePage() {
  const [address, setAddress] = useSearchParams();
  const asked = address.getAll('q').slice(0, mostQueries);
  const kind = oneOf(kinds, address.get('kind'), 'line');
  const unit = oneOf(units, address.get('unit'), 'number');
  const [drafts, setDrafts] = useState<readonly string[]>(asked.length === 0 ? [''] : asked);
  // Back, forward and examples bring queries of their own.
  useEffect(() => setDrafts(asked.length === 0 ? [''] : asked), [asked.join('\0')]);
  const show = (queries: readonly string[], how: { kind?: Kind; unit?: Unit } = {}): void =>
    setAddress((before) => {
      const next = new URLSearchParams(before);
      next.delete('q');
      for (const text of queries) if (text.trim() !== '') next.append('q', text.trim());
      for (const [key, value] of Object.entries(how)) next.set(key, value);
      return next;
    });
  const errors = useErrors(asked);
  const spec = useMemo<ChartSpec>(
    () => ({
      title: titleOf(asked),
      kind,
      unit,
      queries: asked.map((text) => ({ text })),
    }),
    [asked.join('\0'), kind, unit],
  );
  const change = (i: number, text: string): void =>
    setDrafts(drafts.map((one, at) => (at === i ? text : one)));
  return (
    <>
      <PageHead title="Explore">
        <span className="max-md:order-last max-md:w-full">
          <TimeControl />
        </span>
        {asked.length > 0 && <SaveToBoard spec={spec} />}
        <Command query={asked[0] ?? 'gateway_service_count'} />
      </PageHead>
      <form
        className="mb-4 space-y-2"
        aria-label="Query"
        onSubmit={(event) => {
          event.preventDefault();
          show(drafts);
        }}
      >
        {drafts.map((text, i) => (
          // Queries have no name but their place.
          <div key={i} className="flex items-start gap-2">
            <Expression
              name={drafts.length === 1 ? 'Query' : `Query ${i + 1}`}
              value={text}
              set={(value) => change(i, value)}
              run={() => show(drafts)}
              error={text.trim() === asked[i] ? (errors[i] ?? null) : null}
            />
            {drafts.length > 1 && (
              <button
                type="button"
                className="icon-button"
                aria-label={`Remove query ${i + 1}`}
                onClick={() => show(drafts.filter((_, at) => at !== i))}
              >
                <X size={16} aria-hidden />
              </button>
            )}
          </div>
        ))}
        <div className="flex flex-wrap items-center gap-2">
          <button type="submit" className="button first">
            <Play size={16} aria-hidden /> Run
          </button>
          {drafts.length < mostQueries && (
            <button type="button" className="button" onClick={() => setDrafts([...drafts, ''])}>
              <Plus size={16} aria-hidden /> Query
            </button>
          )}
          <span className="grow" />
          <Choice name="Drawn as" all={kinds} value={kind} set={(value) => show(asked, { kind: value })} />
          <Choice name="Counts" all={units} value={unit} set={(value) => show(asked, { unit: value })} />
        </div>
      </form>
      {asked.length > 0 && !errors.some((error) => error !== null) && <ChartPanel spec={spec} height={320} />}
      <Examples take={({ query, ...how }) => show([query], how)} />
    </>
  );
}

function Examples({ take }: { take: (example: Example) => void }) {
  return (
    <section className="mt-6" aria-labelledby="examples">
      <h2 id="examples" className="mb-2">
        Examples
      </h2>
      <ul className="grid gap-2 md:grid-cols-2 xl:grid-cols-3">
        {examples.map((example) => (
          <li key={example.title}>
            <button
              type="button"
              className="panel flex h-full w-full flex-col p-3 text-left hover:bg-surface-2"
              onClick={() => take(example)}
            >
              <span className="block font-medium text-strong">{example.title}</span>
              <span className="mt-0.5 line-clamp-2 font-mono text-xs break-all text-muted">
                {example.query}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Choice<T extends string>({
  name,
  all,
  value,
  set,
}: {
  name: string;
  all: readonly T[];
  value: T;
  set: (value: T) => void;
}) {
  return (
    <label className="flex items-center gap-2">
      <span className="text-xs text-muted">{name}</span>
      <select
        className="field"
        value={value}
        onChange={(event) => set(oneOf(all, event.target.value, value))}
      >
        {all.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
}

function Command({ query }: { query: string }) {
  const { span, now } = useTimeRange();
  const { stepMs } = gridOf(span, now, 240);
  const text = withIntervals(query, stepMs);
  const seconds = (ms: number): string => String(Math.round(ms / 1000));
  const form = { query: text, start: seconds(span.from), end: seconds(span.to), step: seconds(stepMs) };
  const range = `${Math.max(1, Math.round((span.to - span.from) / 60_000))}m`;
  return (
    <ShowCommand
      command={`wherry query ${shellWord(text)} --range ${range}`}
      path={`/api/v1/query_range?${new URLSearchParams(form)}`}
    />
  );
}

/** Whether each query is one at all, asked at one moment; its failure belongs beside it. */
function useErrors(queries: readonly string[]): readonly (Error | null)[] {
  const { client } = useSession();
  return useQueries({
    queries: [...new Set(queries)].map((text) => ({
      queryKey: ['sound', text],
      queryFn: () => client.query({ query: withIntervals(text, 60_000) }),
      staleTime: 60_000,
    })),
    combine: (answers) => {
      const byText = new Map([...new Set(queries)].map((text, i) => [text, answers[i]?.error ?? null]));
      return queries.map((text) => byText.get(text) ?? null);
    },
  });
}

function oneOf<T extends string>(all: readonly T[], value: string | null, usual: T): T {
  return all.find((one) => one === value) ?? usual;
}

function titleOf(queries: readonly string[]): string {
  const first = examples.find(({ query }) => queries.length === 1 && query === queries[0]);
  return first?.title ?? (queries[0] ?? '').replace(/\s+/g, ' ');
}
