import { PageHead } from '../../frame.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { useQueryText } from '../../query-text.ts';
import { shellWord } from '../../words.ts';
import { FilteredCalls } from './call-list.tsx';

export default function CallsPage() {
  const [trace] = useQueryText('trace');
  return (
    <>
      <PageHead title="Calls">
        <ShowCommand
          command={trace === '' ? 'wherry calls' : `wherry calls --trace ${shellWord(trace)}`}
          path={`/system/calls?${new URLSearchParams(trace === '' ? { limit: '200' } : { trace })}`}
        />
      </PageHead>
      <FilteredCalls />
    </>
  );
}
