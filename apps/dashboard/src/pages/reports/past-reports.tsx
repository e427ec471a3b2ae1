import { useQuery } from '@tanstack/react-query';
import type { ReportInfo } from '@wherry/wire/reports';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useSession } from '../../current-session.ts';
import { PageHead } from '../../frame.tsx';
import { useNamespace } from '../../functions.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Empty } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { Deliveries, WorstDelivery } from './deliveries.tsx';
import { adverbs, periodName } from './period-words.ts';

/** That a report arrived is told by no event. */
const againMs = 5_000;

export function PastReports({ tabs }: { tabs: ReactNode }) {
  const { client } = useSession();
  const [, go] = useLocation();
  const [namespace] = useNamespace();
  const query = useQuery({
    queryKey: ['reports'],
    queryFn: () => client.listReports(),
    refetchInterval: againMs,
  });
  return (
    <>
      <PageHead title="Reports">
        <ShowCommand command="wherry reports list" path="/system/reports" />
      </PageHead>
      {tabs}
      <Loaded query={query} what="the reports">
        {(all) => {
          const shown = all.filter((one) => namespace === '' || one.namespace === namespace);
          return shown.length === 0 ? (
            <Empty title="No report was made yet" command="npx wherry reports make --every day">
              <Link href="/reports/schedules" className="text-accent underline">
                Have one made every day, week or month
              </Link>
              , or{' '}
              <Link href="/reports/period" className="text-accent underline">
                look at any period now
              </Link>
              .
            </Empty>
          ) : (
            <DataTable
              label="Reports"
              rows={shown}
              keyOf={({ id }) => id}
              columns={columns}
              open={({ id }) => go(reportPath(id))}
            />
          );
        }}
      </Loaded>
    </>
  );
}

export const reportPath = (id: string): string => `/reports/past/${encodeURIComponent(id)}`;

const columns: readonly Column<ReportInfo>[] = [
  {
    head: 'Period',
    width: 'minmax(0,2fr)',
    narrow: 'minmax(0,1fr)',
    cell: (one) => (
      <Link href={reportPath(one.id)} className="font-medium text-strong hover:underline">
        {periodName(one)}
      </Link>
    ),
  },
  { head: 'Report', width: '5.5rem', cell: ({ every }) => adverbs[every] },
  { head: 'About', width: 'minmax(0,1fr)', cell: ({ namespace = 'everything' }) => namespace },
  {
    head: 'Schedule',
    width: 'minmax(0,1fr)',
    cell: ({ subscription }) =>
      /^now-[0-9a-z]+$/.test(subscription) ? <span className="text-muted">made by hand</span> : subscription,
  },
  { head: 'Made', width: '6.5rem', cell: ({ madeAt }) => <When time={madeAt} /> },
  {
    head: 'Sent to',
    width: 'minmax(0,2fr)',
    narrow: '5rem',
    cell: ({ deliveries = [] }) =>
      deliveries.length === 0 ? (
        <span className="text-muted">nobody</span>
      ) : (
        <>
          <span className="max-md:hidden">
            <Deliveries of={deliveries} />
          </span>
          <span className="md:hidden">
            <WorstDelivery of={deliveries} />
          </span>
        </>
      ),
  },
];
