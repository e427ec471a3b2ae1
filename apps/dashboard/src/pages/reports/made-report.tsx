import { useQuery } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { Link } from 'wouter';
import type { ReactNode } from 'react';
import { useSession } from '../../current-session.ts';
import { PageHead } from '../../frame.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { shellWord } from '../../words.ts';
import { Deliveries } from './deliveries.tsx';
import { ReportView } from './report-view.tsx';

/** One report that was made, as a page. */
export function MadeReport({ id, tabs }: { id: string; tabs: ReactNode }) {
  const { client } = useSession();
  const query = useQuery({ queryKey: ['report', id], queryFn: () => client.readReport(id) });
  return (
    <>
      <PageHead title="Reports">
        <ShowCommand
          command={`wherry reports show ${shellWord(id)}`}
          path={`/system/reports/${encodeURIComponent(id)}?format=json`}
        />
      </PageHead>
      {tabs}
      <Link
        href="/reports/past"
        className="mb-3 inline-flex items-center gap-1.5 text-accent hover:underline"
      >
        <ArrowLeft size={16} aria-hidden /> All reports
      </Link>
      <Loaded query={query} what="the report">
        {(report) => (
          <ReportView report={report}>
            {report.deliveries !== undefined && report.deliveries.length > 0 && (
              <Deliveries of={report.deliveries} long />
            )}
          </ReportView>
        )}
      </Loaded>
    </>
  );
}
