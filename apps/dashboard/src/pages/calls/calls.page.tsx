import { PageHead } from '../../frame.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { FilteredCalls } from './call-list.tsx';

export default function CallsPage() {
  return (
    <>
      <PageHead title="Calls">
        <ShowCommand command="wherry calls" path="/system/calls?limit=200" />
      </PageHead>
      <FilteredCalls />
    </>
  );
}
