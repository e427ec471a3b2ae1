import { PageHead } from '../../frame.tsx';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { useNamespace } from '../../functions.ts';
import { useQueryText } from '../../query-text.ts';
import { FilteredCalls } from './call-list.tsx';

export default function CallsPage() {
  const [namespace] = useNamespace();
  const [only] = useQueryText('only');
  return (
    <>
      <PageHead title="Calls">
        <ExportMenu table="calls" query={{ namespace, failed: only === 'failed' ? 1 : undefined }} />
        <ShowCommand command="wherry calls" path="/system/calls?limit=200" />
      </PageHead>
      <FilteredCalls />
    </>
  );
}
