import { useQuery } from '@tanstack/react-query';
import type { UsageInfo } from '@wherry/wire/usage';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useSession } from '../../current-session.ts';
import { PageHead } from '../../frame.tsx';
import { useNamespace } from '../../functions.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Empty } from '../../parts/states.tsx';
import { functionPath } from '../../paths.ts';
import { useQueryText } from '../../query-text.ts';
import { compact, count, duration, shellWord } from '../../words.ts';
import { amount, ownZone } from './period-words.ts';

const spans = {
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  '365d': 'Last year',
};
const splits = { '': 'In all', day: 'By day', week: 'By week', month: 'By month' };
const usualSpan = '30d';

/** What functions and namespaces used, as an invoice would have it. */
export function Usage({ tabs }: { tabs: ReactNode }) {
  const { client } = useSession();
  const [namespace] = useNamespace();
  const [byText, setBy] = useQueryText('by');
  const [sinceText, setSince] = useQueryText('since');
  const [everyText, setEvery] = useQueryText('every');
  const by = byText === 'namespace' ? 'namespace' : 'function';
  const since = Object.hasOwn(spans, sinceText) ? sinceText : usualSpan;
  const every = Object.hasOwn(splits, everyText) ? everyText : '';
  const asked = {
    ...{ by, since },
    ...(every === '' ? {} : { every, zone: ownZone() }),
    ...(namespace === '' ? {} : { namespace }),
  };
  const query = useQuery({ queryKey: ['usage', asked], queryFn: () => client.readUsage(asked) });
  const flags = [
    ...[`--by ${by}`, `--since ${since}`],
    ...(every === '' ? [] : [`--every ${every}`, `--zone ${shellWord(ownZone())}`]),
    ...(namespace === '' ? [] : [`-n ${shellWord(namespace)}`]),
  ];
  return (
    <>
      <PageHead title="Reports">
        <ExportMenu table="usage" query={asked} />
        <ShowCommand
          command={`wherry usage ${flags.join(' ')}`}
          path={`/system/usage?${new URLSearchParams(asked)}`}
        />
      </PageHead>
      {tabs}
      <div className="mb-4 flex flex-wrap gap-2">
        <Choice
          name="By"
          value={by}
          set={setBy}
          of={{ function: 'By function', namespace: 'By namespace' }}
        />
        <Choice name="Since" value={since} set={setSince} of={spans} />
        <Choice name="For each" value={every} set={setEvery} of={splits} />
      </div>
      <Loaded query={query} what="the usage">
        {(rows) =>
          rows.length === 0 ? (
            <Empty title="Nothing was used in this time" command="npx wherry invoke NAME">
              Calls are counted some ten seconds after they end.
            </Empty>
          ) : (
            <>
              <Sums of={rows} />
              <DataTable
                label="Usage"
                rows={every === '' ? rows.toSorted((a, b) => b.gbSeconds - a.gbSeconds) : rows}
                keyOf={(row) => `${row.from} ${row.namespace} ${row.name ?? ''}`}
                columns={columnsFor(rows, every)}
              />
            </>
          )
        }
      </Loaded>
    </>
  );
}

function Choice({
  name,
  value,
  set,
  of,
}: {
  name: string;
  value: string;
  set: (value: string) => void;
  of: Readonly<Record<string, string>>;
}) {
  return (
    <select aria-label={name} className="field" value={value} onChange={({ target }) => set(target.value)}>
      {Object.entries(of).map(([id, word]) => (
        <option key={id} value={id}>
          {word}
        </option>
      ))}
    </select>
  );
}

function Sums({ of }: { of: readonly UsageInfo[] }) {
  const sum = (pick: (row: UsageInfo) => number): number => of.reduce((total, row) => total + pick(row), 0);
  const all: readonly (readonly [string, string])[] = [
    ['Calls', compact(sum(({ calls }) => calls))],
    ['Errors', compact(sum(({ errors }) => errors))],
    ['GB-seconds', amount(sum(({ gbSeconds }) => gbSeconds))],
    ['Processor time', duration(sum(({ cpuSeconds }) => cpuSeconds) * 1000)],
  ];
  return (
    <dl className="mb-4 grid grid-cols-4 gap-3 max-md:grid-cols-2">
      {all.map(([name, value]) => (
        <div key={name} className="panel p-3.5">
          <dt className="text-xs text-muted">{name}</dt>
          <dd className="mt-1 text-[20px] font-semibold text-strong">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function columnsFor(rows: readonly UsageInfo[], every: string): readonly Column<UsageInfo>[] {
  const most = Math.max(...rows.map(({ gbSeconds }) => gbSeconds));
  const number = (head: string, cell: (row: UsageInfo) => string, narrow?: string): Column<UsageInfo> => ({
    ...{ head, width: '6rem', right: true, cell },
    ...(narrow === undefined ? {} : { narrow }),
  });
  const day = (from: string): string =>
    new Date(from).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
  const from: Column<UsageInfo> = {
    ...{ head: 'From', width: '7rem', narrow: '5.5rem' },
    cell: (row) => (
      <time dateTime={row.from} title={new Date(row.from).toString()}>
        {day(row.from)}
      </time>
    ),
  };
  const named = rows.some(({ name }) => name !== undefined);
  return [
    ...(every === '' ? [] : [from]),
    {
      head: named ? 'Function' : 'Namespace',
      width: 'minmax(0,1.5fr)',
      narrow: 'minmax(0,1fr)',
      cell: ({ name, namespace }) =>
        name === undefined ? (
          <span className="font-medium text-strong">{namespace}</span>
        ) : (
          <Link
            href={functionPath({ name, namespace })}
            className="font-medium text-strong hover:underline"
            title={namespace}
          >
            {name}
          </Link>
        ),
    },
    number('Calls', ({ calls }) => count(Math.round(calls)), '4rem'),
    number('Errors', ({ errors }) => count(Math.round(errors))),
    number('Cold', ({ cold }) => count(Math.round(cold))),
    {
      ...{ head: 'GB-seconds', width: 'minmax(9rem,1fr)', narrow: '5rem', right: true },
      cell: ({ gbSeconds }) => <Share value={gbSeconds} most={most} />,
    },
    number('Processor', ({ cpuSeconds }) => duration(cpuSeconds * 1000)),
  ];
}

/** A number, and how much it is of the greatest. */
function Share({ value, most }: { value: number; most: number }) {
  return (
    <span className="flex items-center justify-end gap-3">
      <span className="h-2 min-w-0 grow rounded-full bg-surface-2 max-md:hidden" aria-hidden>
        <span
          className="block h-full rounded-full bg-accent"
          style={{ width: `${most === 0 ? 0 : (100 * value) / most}%` }}
        />
      </span>
      <span className="w-18 shrink-0 whitespace-nowrap">{amount(value)}</span>
    </span>
  );
}
