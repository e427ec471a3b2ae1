import { useInfiniteQuery } from '@tanstack/react-query';
import type { AuditEntryInfo } from '@wherry/wire/audit';
import { useCallback } from 'react';
import { useSession } from '../../current-session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Choice, SearchField } from '../../parts/filters.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { SidePanel } from '../../parts/side-panel.tsx';
import { Empty } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { useQueryText } from '../../query-text.ts';
import { count } from '../../words.ts';
import { ExportChain, Verify } from './audit-proof.tsx';

const pageOf = 200;

/** Who changed what, newest first; and whether the log of it is what was written. */
export function Audit() {
  const { client } = useSession();
  const [who, setWho] = useQueryText('who');
  const [what, setWhat] = useQueryText('what');
  const [name, setName] = useQueryText('name');
  const [outcome, setOutcome] = useQueryText('outcome');
  const [open, setOpen] = useQueryText('seq');
  const query = useInfiniteQuery({
    queryKey: ['audit', who, what, name, outcome],
    queryFn: ({ pageParam: before }) => client.listAudit({ limit: pageOf, who, what, name, outcome, before }),
    initialPageParam: '',
    getNextPageParam: (last) => (last.length < pageOf ? undefined : String(last.at(-1)?.seq)),
    select: inTime,
  });
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage]);
  const field = (label: string, value: string, set: (value: string) => void) => (
    <SearchField label={label} width="w-[calc(50%-0.25rem)] md:w-40" value={value} set={set} />
  );
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        {field('Who', who, setWho)}
        {field('What', what, setWhat)}
        {field('Name', name, setName)}
        <Choice
          label="Outcome"
          value={outcome}
          set={setOutcome}
          choices={[
            ['', 'All outcomes'],
            ['done', 'Done'],
            ['refused', 'Refused'],
            ['unknown', 'Unknown'],
          ]}
        />
        <span className="grow" />
        <Verify />
        <ExportMenu table="audit" query={{ who, what, about: name, outcome }} />
        <ExportChain />
      </div>
      <Loaded query={query} what="the audit log">
        {(all) => {
          const current = all.find(({ seq }) => String(seq) === open);
          return (
            <>
              {all.length === 0 ? (
                <Empty title="No record matches the filter" />
              ) : (
                <DataTable
                  label="Audit log"
                  rows={all}
                  keyOf={({ seq }) => String(seq)}
                  columns={columns(setOpen)}
                  open={({ seq }) => setOpen(String(seq))}
                  current={open}
                  more={more}
                  order="newest-first"
                />
              )}
              {current !== undefined && <Entry of={current} close={() => setOpen('')} />}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

/** Refusals that were counted are written down when the counting ends: what is told is when the last of them was. */
const timeOf = ({ at, until }: AuditEntryInfo): string => until ?? at;

/** Newest first by the time that is told. The log itself is in the order in which it was written. */
const inTime = ({ pages }: { pages: readonly (readonly AuditEntryInfo[])[] }): readonly AuditEntryInfo[] =>
  pages.flat().toSorted((a, b) => Date.parse(timeOf(b)) - Date.parse(timeOf(a)) || b.seq - a.seq);

/** Who opens a link shows no token; whose link it was is known. */
function whoOf({ who, what, change }: AuditEntryInfo): string | undefined {
  if (who !== '') return who;
  const maker = what === 'signIn' ? change?.['by'] : undefined;
  return maker === undefined ? undefined : `by a link of ${maker}`;
}

function Entry({ of, close }: { of: AuditEntryInfo; close: () => void }) {
  return (
    <SidePanel title={`Record ${of.seq}: ${of.what}`} close={close}>
      <Facts
        of={[
          ['When', new Date(of.at).toString()],
          ...(of.until === undefined ? [] : ([['The last time', new Date(of.until).toString()]] as const)),
          ['Who', `${whoOf(of) ?? 'nobody known'}${of.token === undefined ? '' : ` (${of.token})`}`],
          ['From', of.from],
          ['What', `${of.method} ${of.what}`],
          ['About', [of.namespace, of.name].filter((one) => one !== undefined).join('/')],
          ['Status', of.status === 0 ? 'nobody knows' : String(of.status)],
          ...(of.error === undefined ? [] : ([['Error', of.error]] as const)),
          ...(of.count === undefined ? [] : ([['Times', count(of.count)]] as const)),
          ...Object.entries(of.change ?? {}),
          ['Request', of.call],
        ]}
      />
    </SidePanel>
  );
}

const columns = (open: (seq: string) => void): readonly Column<AuditEntryInfo>[] => [
  {
    head: 'When',
    width: '7rem',
    narrow: '5.5rem',
    cell: (entry) => (
      <button type="button" className="min-h-6 hover:underline" onClick={() => open(String(entry.seq))}>
        <When time={timeOf(entry)} />
      </button>
    ),
  },
  {
    head: 'Who',
    width: 'minmax(0,1fr)',
    cell: (entry) => whoOf(entry) ?? <span className="text-muted">nobody known</span>,
  },
  {
    head: 'What',
    width: 'minmax(0,1fr)',
    narrow: 'minmax(0,1fr)',
    cell: ({ what, count: times = 1 }) => (
      <>
        <span className="text-strong">{what}</span>
        {times > 1 && <span className="text-muted">, {count(times)} times</span>}
      </>
    ),
  },
  {
    head: 'About',
    width: 'minmax(0,1.5fr)',
    narrow: 'minmax(0,1fr)',
    cell: ({ namespace, name }) => [namespace, name].filter((one) => one !== undefined).join('/'),
  },
  {
    head: 'Outcome',
    width: '8rem',
    cell: ({ status, error }) =>
      status === 0 ? (
        <span className="text-warn">▲ unknown</span>
      ) : status < 400 ? (
        <span className="text-ok">● done</span>
      ) : (
        <span className="text-bad" title={error}>
          ■ refused {status}
        </span>
      ),
  },
];
