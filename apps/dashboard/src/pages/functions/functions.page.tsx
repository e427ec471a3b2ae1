import type { FunctionStatus } from '@wherry/wire/function-status';
import { functionWords, rowSearch } from '@wherry/wire/tables/search';
import { Link, useLocation } from 'wouter';
import { PageHead } from '../../frame.tsx';
import { useFunctions, useNamespace } from '../../functions.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { StatusChip } from '../../parts/chip.tsx';
import { Choice, SearchField } from '../../parts/filters.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Empty } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { functionPath } from '../../paths.ts';
import { useQueryText } from '../../query-text.ts';
import { count, shellWord } from '../../words.ts';

/** What is deployed, and whether it is all right. Filter, order and namespace are in the address. */
export function FunctionsPage() {
  const [namespace] = useNamespace();
  const [text, setText] = useQueryText('text');
  const [order, setOrder] = useQueryText('order');
  const query = useFunctions(namespace);
  const flags = namespace === '' ? '' : ` -n ${shellWord(namespace)}`;
  return (
    <>
      <PageHead title="Functions">
        <Link href="/store" className="button first">
          Deploy<span className="max-md:sr-only"> from the store</span>
        </Link>
        <ExportMenu table="functions" query={{ namespace, text: text.trim() }} />
        <ShowCommand
          command={`wherry list${flags}`}
          path={`/system/functions${namespace === '' ? '' : `?namespace=${encodeURIComponent(namespace)}`}`}
        />
      </PageHead>
      <Loaded query={query} what="the functions">
        {(all) => {
          const found = rowSearch(text);
          const shown = all.filter((one) => found(wordsOf(one)));
          return (
            <>
              <div className="mb-3 flex flex-wrap gap-2">
                <SearchField
                  label="Filter by name, label or status"
                  placeholder="Name, label or status"
                  value={text}
                  set={setText}
                />
                <Choice
                  label="Order"
                  value={order}
                  set={setOrder}
                  choices={[
                    ['', 'By name'],
                    ['trouble', 'Trouble first'],
                    ['calls', 'Most calls first'],
                    ['deployed', 'Latest deploy first'],
                  ]}
                />
                <span role="status" className="self-center text-muted">
                  {shown.length === all.length
                    ? `${count(shown.length)} functions`
                    : `${count(shown.length)} of ${count(all.length)}`}
                </span>
              </div>
              {all.length === 0 && (
                <Empty title="Nothing is deployed yet" command={`npx wherry store deploy figlet${flags}`}>
                  This takes a function from the store; wherry new starts one of your own.
                </Empty>
              )}
              {all.length > 0 && shown.length === 0 && (
                <Empty title="No function matches the filter">
                  <button type="button" className="button mt-2" onClick={() => setText('')}>
                    Show all
                  </button>
                </Empty>
              )}
              {shown.length > 0 && <FunctionTable functions={ordered(shown, order)} all={namespace === ''} />}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function FunctionTable({ functions, all }: { functions: readonly FunctionStatus[]; all: boolean }) {
  const [, go] = useLocation();
  const several = all && new Set(functions.map(({ namespace }) => namespace)).size > 1;
  return (
    <DataTable
      label="Functions"
      rows={functions}
      keyOf={({ name, namespace }) => `${name}.${namespace}`}
      columns={several ? [named, placed, ...rest] : [named, ...rest]}
      open={(one) => go(functionPath(one))}
      keys={{ invoke: (one) => go(functionPath(one, 'invoke')) }}
    />
  );
}

const named: Column<FunctionStatus> = {
  head: 'Name',
  width: 'minmax(0,2fr)',
  narrow: 'minmax(0,1fr)',
  cell: (one) => (
    <Link href={functionPath(one)} className="font-medium text-strong hover:underline">
      {one.name}
    </Link>
  ),
};
const placed: Column<FunctionStatus> = {
  head: 'Namespace',
  width: 'minmax(0,1fr)',
  cell: ({ namespace }) => namespace,
};
const rest: readonly Column<FunctionStatus>[] = [
  {
    head: 'Status',
    width: 'minmax(0,2fr)',
    narrow: '7.5rem',
    cell: ({ wherryStatus, wherryReason }) => (
      <span title={wherryReason}>
        <StatusChip status={wherryStatus} />
        {wherryReason !== undefined && <span className="text-muted max-md:hidden"> {wherryReason}</span>}
      </span>
    ),
  },
  { head: 'Calls', width: '5rem', right: true, cell: ({ invocationCount = 0 }) => count(invocationCount) },
  {
    head: 'Instances',
    width: '5.5rem',
    right: true,
    cell: ({ availableReplicas, replicas }) => `${availableReplicas}/${replicas}`,
  },
  {
    head: 'Version',
    width: '4rem',
    right: true,
    cell: ({ wherryVersion }) => (wherryVersion === undefined ? '' : String(wherryVersion)),
  },
  {
    head: 'Deployed',
    width: '7rem',
    right: true,
    cell: ({ wherryDeployedAt, createdAt }) => <When time={wherryDeployedAt ?? createdAt} />,
  },
];

/** Without the label that OpenFaaS's clients are given: nobody wrote it, and it is the name. */
function wordsOf({
  name,
  namespace,
  wherryStatus,
  labels,
}: FunctionStatus): ReturnType<typeof functionWords> {
  const { faas_function: _, ...own } = labels;
  return functionWords({ name, namespace, status: wherryStatus, labels: own });
}

const trouble: Readonly<Record<string, number>> = {
  broken: 0,
  'backing-off': 1,
  starting: 2,
  awake: 3,
  asleep: 4,
};

/** A copy where the order is another than the one it came in. */
function ordered(all: readonly FunctionStatus[], by: string): readonly FunctionStatus[] {
  const deployed = ({ wherryDeployedAt, createdAt }: FunctionStatus): string => wherryDeployedAt ?? createdAt;
  switch (by) {
    case 'trouble':
      return all.toSorted(
        (a, b) => (trouble[a.wherryStatus ?? ''] ?? 5) - (trouble[b.wherryStatus ?? ''] ?? 5),
      );
    case 'calls':
      return all.toSorted((a, b) => (b.invocationCount ?? 0) - (a.invocationCount ?? 0));
    case 'deployed':
      return all.toSorted((a, b) => (deployed(a) < deployed(b) ? 1 : -1));
    default:
      return all;
  }
}
