import { useQuery } from '@tanstack/react-query';
import type { InstanceState } from '@wherry/wire/function-state';
import { Link, useLocation } from 'wouter';
import { useSession } from '../../current-session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { functionPath } from '../../paths.ts';
import { bytes, count } from '../../words.ts';
import { useCpuShares } from '../functions/cpu-shares.ts';
import { ofFunction, useMine } from './instance-filter.tsx';

/** What an instance uses is told by no event. */
const againMs = 3_000;

export function RunningInstances() {
  const { client } = useSession();
  const [, go] = useLocation();
  const { filter, field } = useMine<InstanceState>();
  const query = useQuery({
    queryKey: ['instances'],
    queryFn: () => client.listInstances(),
    refetchInterval: againMs,
  });
  const shares = useCpuShares(query.data, query.dataUpdatedAt);
  return (
    <Loaded query={query} what="the instances">
      {(all) => {
        const shown = filter(all);
        const memory = shown.reduce((sum, { memoryBytes = 0 }) => sum + memoryBytes, 0);
        return (
          <>
            <div className="mb-3 flex flex-wrap gap-2">
              {field}
              <span role="status" className="self-center text-muted">
                {count(shown.length)} running{memory > 0 && `, ${bytes(memory)} in all`}
              </span>
            </div>
            {shown.length === 0 ? (
              <Empty title={all.length === 0 ? 'Nothing runs' : 'No instance matches the filter'}>
                Functions sleep until they are called; a call wakes one.
              </Empty>
            ) : (
              <DataTable
                label="Instances"
                rows={shown}
                keyOf={({ id }) => id}
                columns={running(shares)}
                open={(one) => go(linesOf(one))}
              />
            )}
          </>
        );
      }}
    </Loaded>
  );
}

const linesOf = (one: InstanceState): string =>
  `${functionPath(one, 'logs')}?instance=${encodeURIComponent(one.id)}`;

const phases = {
  starting: ['text-info', '◐', 'Starting'],
  ready: ['text-ok', '●', 'Ready'],
  draining: ['text-warn', '▲', 'Draining'],
  stopping: ['text-neutral', '☾', 'Stopping'],
} as const;

const running = (shares: ReadonlyMap<string, number>): readonly Column<InstanceState>[] => [
  ofFunction(),
  {
    head: 'State',
    width: '6.5rem',
    narrow: '5.5rem',
    cell: ({ state }) => (
      <span className={phases[state][0]}>
        <span aria-hidden>{phases[state][1]}</span> {phases[state][2]}
      </span>
    ),
  },
  { head: 'Version', width: '4rem', right: true, cell: ({ version }) => String(version) },
  { head: 'In flight', width: '4.5rem', right: true, cell: ({ inFlight }) => count(inFlight) },
  {
    head: 'Processor',
    width: '5rem',
    right: true,
    cell: ({ id, cpuMs }) => {
      const share = shares.get(id);
      return cpuMs === undefined
        ? 'not told'
        : share === undefined
          ? '…'
          : `${share.toFixed(share < 10 ? 1 : 0)} %`;
    },
  },
  {
    head: 'Memory',
    width: '6rem',
    narrow: '5rem',
    right: true,
    cell: ({ memoryBytes }) => (memoryBytes === undefined ? 'not told' : bytes(memoryBytes)),
  },
  {
    head: 'Processes',
    width: '5rem',
    right: true,
    cell: ({ processes }) => (processes === undefined ? 'not told' : count(processes)),
  },
  { head: 'Started', width: '7rem', cell: ({ startedAt }) => <When time={startedAt} /> },
  {
    head: 'Id',
    width: 'minmax(0,1fr)',
    cell: (one) => (
      <Link
        href={linesOf(one)}
        className="font-mono text-[13px] hover:underline"
        title={`Log lines of ${one.id}`}
      >
        {one.id}
      </Link>
    ),
  },
];
