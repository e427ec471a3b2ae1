import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { EndedInstance } from '@wherry/wire/ended-instances';
import { useSession } from '../../current-session.ts';
import { useNamespace } from '../../functions.ts';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Choice } from '../../parts/filters.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty, Skeleton } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { useQueryText } from '../../query-text.ts';
import { bytes, count } from '../../words.ts';
import { EndPanel } from './end-panel.tsx';
import { ofFunction, useMine } from './instance-filter.tsx';

export const mostEnds = 500;

export function ExportEnds() {
  const [namespace] = useNamespace();
  const [only] = useQueryText('only');
  const [text] = useQueryText('text');
  return <ExportMenu table="ends" query={{ namespace, failed: only === '' ? '' : '1', text: text.trim() }} />;
}

export function EndedInstances() {
  const { client } = useSession();
  const [namespace] = useNamespace();
  const { filter, field } = useMine<EndedInstance>();
  const [open, setOpen] = useQueryText('instance');
  const [only, setOnly] = useQueryText('only');
  const query = useQuery({
    queryKey: ['exits', namespace, only],
    // Chosen by the gateway: what is wanted may be further back than the latest of all.
    queryFn: () =>
      client.listEndedInstances({
        limit: mostEnds,
        ...(namespace === '' ? {} : { namespace }),
        ...(only === '' ? {} : { failed: 1 }),
      }),
    // Stands while others are fetched, so that who chooses keeps the field.
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={query} what="the ends">
      {(all) => {
        const shown = filter(all).filter(({ kind }) => only === '' || kind !== 'stopped');
        const current = all.find(({ instance }) => instance === open);
        return (
          <>
            <div className="mb-3 flex flex-wrap gap-2">
              {field}
              <Choice
                label="Which ends"
                value={only}
                set={setOnly}
                choices={[
                  ['', 'All ends'],
                  ['unasked', 'Not asked for'],
                ]}
              />
              {all.length === mostEnds && (
                <span className="self-center text-muted">The latest {count(mostEnds)} are shown.</span>
              )}
            </div>
            {shown.length === 0 && query.isPlaceholderData ? (
              <Skeleton what="the ends" />
            ) : shown.length === 0 ? (
              <Empty
                title={
                  all.length === 0 && namespace === '' && only === ''
                    ? 'No instance has ended yet'
                    : 'No end matches the filter'
                }
              />
            ) : (
              <DataTable
                label="Ended instances"
                rows={shown}
                keyOf={({ instance }) => instance}
                columns={ended(setOpen)}
                open={({ instance }) => setOpen(instance)}
                current={open}
                order="newest-first"
              />
            )}
            {current !== undefined && <EndPanel end={current} close={() => setOpen('')} />}
          </>
        );
      }}
    </Loaded>
  );
}

const ended = (open: (instance: string) => void): readonly Column<EndedInstance>[] => [
  {
    head: 'When',
    width: '7rem',
    narrow: '5.5rem',
    cell: ({ at, instance }) => (
      <button type="button" className="min-h-6 hover:underline" onClick={() => open(instance)}>
        <When time={at} />
      </button>
    ),
  },
  ofFunction(),
  { head: 'Version', width: '4rem', cell: ({ version }) => String(version) },
  {
    head: 'How it ended',
    width: 'minmax(0,2fr)',
    narrow: 'minmax(0,1fr)',
    cell: ({ kind, reason }) => (
      <span className={kind === 'stopped' ? 'text-neutral' : 'text-bad'} title={reason}>
        <span aria-hidden>{kind === 'stopped' ? '☾' : '■'}</span> {reason}
      </span>
    ),
  },
  {
    head: 'Most memory',
    width: '6rem',
    cell: ({ peakMemoryBytes }) => (peakMemoryBytes === undefined ? 'not told' : bytes(peakMemoryBytes)),
  },
  {
    head: 'Last words',
    width: 'minmax(0,2fr)',
    cell: ({ lastWords }) => (
      <span className="font-mono text-[13px] text-muted">{lastWords.at(-1) ?? ''}</span>
    ),
  },
];
