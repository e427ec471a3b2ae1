import { PageHead } from '../../frame.tsx';
import { useNamespace } from '../../functions.ts';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { useQueryText } from '../../query-text.ts';
import { shellWord } from '../../words.ts';
import { exportOf, FilteredCalls } from './call-list.tsx';

export default function CallsPage() {
  const [namespace] = useNamespace();
  const [only] = useQueryText('only');
  const [text] = useQueryText('text');
  const [trace] = useQueryText('trace');
  return (
    <>
      <PageHead title="Calls">
        {trace === '' && <ExportMenu table="calls" query={{ namespace, ...exportOf(only, text) }} />}
        <ShowCommand
          command={trace === '' ? 'wherry calls' : `wherry calls --trace ${shellWord(trace)}`}
          path={`/system/calls?${new URLSearchParams(trace === '' ? { limit: '200' } : { trace })}`}
        />
      </PageHead>
      <FilteredCalls />
    </>
  );
}
