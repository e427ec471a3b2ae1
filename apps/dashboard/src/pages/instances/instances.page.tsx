import { Redirect, useParams } from 'wouter';
import { PageHead } from '../../frame.tsx';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { useNamespace } from '../../functions.ts';
import { useQueryText } from '../../query-text.ts';
import { EndedInstances, ExportEnds, mostEnds } from './ended-instances.tsx';
import { RunningInstances } from './running-instances.tsx';

const tabs = [
  { id: 'running', word: 'Running' },
  { id: 'ended', word: 'Ended' },
];

/** What runs, on which memory and processor time; and what ran, and how it ended. */
export default function InstancesPage() {
  const { tab = 'running' } = useParams<{ tab?: string }>();
  const [namespace] = useNamespace();
  const [text] = useQueryText('text');
  if (!tabs.some(({ id }) => id === tab)) return <Redirect to="/instances" replace />;
  return (
    <>
      <PageHead title="Instances">
        {tab === 'running' ? (
          <ExportMenu table="instances" query={{ namespace, text: text.trim() }} />
        ) : (
          <ExportEnds />
        )}
        <ShowCommand
          command="wherry query 'sum by (function_name) (gateway_service_ready_count)'"
          path={tab === 'running' ? '/system/instances' : `/system/instances/ended?limit=${mostEnds}`}
        />
      </PageHead>
      <Tabs label="Which instances" tabs={tabs} current={tab} to={(id) => `/instances/${id}`} />
      {tab === 'running' ? <RunningInstances /> : <EndedInstances />}
    </>
  );
}
