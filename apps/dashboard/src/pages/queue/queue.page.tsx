import { useQuery } from '@tanstack/react-query';
import type { QueueLane } from '@wherry/wire/queued-calls';
import { Link, Redirect, useParams } from 'wouter';
import { useSession } from '../../current-session.ts';
import { PageHead } from '../../frame.tsx';
import { useNamespace } from '../../functions.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Empty } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { When } from '../../parts/when.tsx';
import { useQueryText } from '../../query-text.ts';
import { count } from '../../words.ts';
import { QueuedCalls } from './queued-calls.tsx';

const tabs = [
  { id: 'lanes', word: 'By function' },
  { id: 'calls', word: 'Calls' },
];

/** What waits, what runs, and what failed for good. */
export default function QueuePage() {
  const { tab = 'lanes' } = useParams<{ tab?: string }>();
  const [namespace] = useNamespace();
  const [state] = useQueryText('state');
  const [text] = useQueryText('text');
  const [lane] = useQueryText('lane');
  if (!tabs.some(({ id }) => id === tab)) return <Redirect to="/queue" replace />;
  return (
    <>
      <PageHead title="Queue">
        <ExportMenu
          table="queue"
          query={tab === 'lanes' ? { namespace } : { namespace, lane, state, text: text.trim() }}
        />
        {tab === 'lanes' ? (
          <ShowCommand command="wherry queue status" path="/system/queue" />
        ) : (
          <ShowCommand command="wherry queue list --state dead" path="/system/queue/calls?state=dead" />
        )}
      </PageHead>
      <Tabs label="About the queue" tabs={tabs} current={tab} to={(id) => `/queue/${id}`} />
      {tab === 'lanes' ? <Lanes /> : <QueuedCalls />}
    </>
  );
}

function Lanes() {
  const { client } = useSession();
  const [namespace] = useNamespace();
  const query = useQuery({ queryKey: ['lanes'], queryFn: () => client.listLanes() });
  return (
    <Loaded query={query} what="the queue">
      {(all) => {
        const shown = all.filter((lane) => namespace === '' || lane.namespace === namespace);
        const sum = (pick: (lane: QueueLane) => number): string =>
          count(shown.reduce((total, lane) => total + pick(lane), 0));
        return (
          <>
            <p className="mb-3 text-strong">
              {sum(({ waiting }) => waiting)} wait, {sum(({ running }) => running)} run,{' '}
              {sum(({ dead }) => dead)} failed for good.
            </p>
            {shown.length === 0 ? (
              <Empty title="The queue is empty" command="npx wherry invoke NAME --async -d hello">
                Calls that nobody waits for are kept here until they are made.
              </Empty>
            ) : (
              <DataTable
                label="Lanes of the queue"
                rows={shown}
                keyOf={({ lane }) => lane}
                columns={columns}
              />
            )}
          </>
        );
      }}
    </Loaded>
  );
}

const columns: readonly Column<QueueLane>[] = [
  {
    head: 'For',
    width: 'minmax(0,2fr)',
    narrow: 'minmax(0,1fr)',
    cell: ({ lane }) => (
      <Link
        href={`/queue/calls?lane=${encodeURIComponent(lane)}`}
        className="font-medium text-strong hover:underline"
      >
        {lane}
      </Link>
    ),
  },
  { head: 'Wait', width: '5rem', narrow: '3rem', right: true, cell: ({ waiting }) => count(waiting) },
  { head: 'Run', width: '5rem', narrow: '3rem', right: true, cell: ({ running }) => count(running) },
  {
    head: 'Dead',
    width: '5rem',
    narrow: '3rem',
    right: true,
    cell: ({ lane, dead }) =>
      dead === 0 ? (
        '0'
      ) : (
        <Link href={`/queue/calls?state=dead&lane=${encodeURIComponent(lane)}`} className="text-bad">
          <span aria-hidden>■ </span>
          <span className="underline">{count(dead)}</span>
        </Link>
      ),
  },
  {
    head: 'Oldest',
    width: '7rem',
    right: true,
    cell: ({ oldestAt }) => (oldestAt === undefined ? '' : <When time={oldestAt} />),
  },
];
