import { useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { FunctionStatus } from '@wherry/wire/function-status';
import { useSession } from '../current-session.ts';
import { PageHead } from '../frame.tsx';
import { useKeys } from '../keys.ts';
import { StatusChip } from '../parts/chip.tsx';
import { ShowCommand } from '../parts/show-command.tsx';
import { Empty, Failure, Skeleton } from '../parts/states.tsx';
import { When } from '../parts/when.tsx';
import { functionPath } from '../paths.ts';
import { useQueryText } from '../query-text.ts';
import { count, shellWord } from '../words.ts';

const rowHeight = 40;
const columns =
  'grid grid-cols-[minmax(0,2fr)_minmax(0,1fr)_5rem_6rem_7rem] items-center gap-4 px-4 max-md:grid-cols-[minmax(0,1fr)_auto]';

/** What is deployed, and whether it is all right. Filter and namespace are in the address. */
export function FunctionsPage() {
  const { client } = useSession();
  const [namespace, setNamespace] = useQueryText('namespace');
  const [text, setText] = useQueryText('text');
  const namespaces = useQuery({ queryKey: ['namespaces'], queryFn: () => client.listNamespaces() });
  const { data, error, refetch } = useQuery({
    queryKey: ['functions', namespace],
    queryFn: () => client.listFunctions(namespace === '' ? undefined : namespace),
    refetchInterval: 2_000,
  });
  const wanted = text.toLowerCase();
  const shown = data?.filter(({ name, wherryStatus = '' }) => `${name} ${wherryStatus}`.includes(wanted));
  const flags = namespace === '' ? '' : ` -n ${shellWord(namespace)}`;
  return (
    <>
      <PageHead title="Functions">
        <ShowCommand
          command={`wherry list${flags}`}
          path={`/system/functions${namespace === '' ? '' : `?namespace=${encodeURIComponent(namespace)}`}`}
        />
      </PageHead>
      <div className="mb-3 flex flex-wrap gap-2">
        <input
          type="search"
          aria-label="Filter by name or status"
          placeholder="Filter by name or status"
          className="field min-w-0 grow md:max-w-80"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {(namespaces.data?.length ?? 0) > 1 && (
          <select
            aria-label="Namespace"
            className="field"
            value={namespace}
            onChange={(event) => setNamespace(event.target.value)}
          >
            <option value="">Usual namespace</option>
            {namespaces.data?.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
        <span role="status" className="self-center text-muted">
          {shown !== undefined &&
            (shown.length === data?.length
              ? `${count(shown.length)} functions`
              : `${count(shown.length)} of ${count(data?.length ?? 0)}`)}
        </span>
      </div>
      {data === undefined && error !== null && <Failure error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton what="the functions" />}
      {data?.length === 0 && (
        <Empty title="Nothing is deployed yet" command={`npx wherry store deploy figlet${flags}`}>
          This takes a function from the store; wherry new starts one of your own.
        </Empty>
      )}
      {data !== undefined && data.length > 0 && shown?.length === 0 && (
        <Empty title="No function matches the filter">
          <button type="button" className="button mt-2" onClick={() => setText('')}>
            Show all
          </button>
        </Empty>
      )}
      {shown !== undefined && shown.length > 0 && <FunctionTable functions={shown} />}
    </>
  );
}

/** Only rows that are seen exist, so that ten thousand scroll like ten. */
function FunctionTable({ functions }: { functions: readonly FunctionStatus[] }) {
  const [, go] = useLocation();
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(-1);
  const rows = useVirtualizer({
    count: functions.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const chosen = Math.min(at, functions.length - 1);
  useEffect(() => {
    if (chosen >= 0) rows.scrollToIndex(chosen);
  }, [chosen]);
  const current = functions[chosen];
  useKeys({
    down: () => setAt(Math.min(chosen + 1, functions.length - 1)),
    up: () => setAt(Math.max(chosen - 1, 0)),
    ...(current === undefined
      ? {}
      : { open: () => go(functionPath(current)), invoke: () => go(functionPath(current, 'invoke')) }),
  });
  return (
    <div
      role="table"
      aria-label="Functions"
      aria-rowcount={functions.length + 1}
      className="panel overflow-hidden"
    >
      <div role="row" aria-rowindex={1} className={`${columns} h-9 border-b border-line text-xs text-muted`}>
        <span role="columnheader">Name</span>
        <span role="columnheader">Status</span>
        <span role="columnheader" className="text-right max-md:hidden">
          Calls
        </span>
        <span role="columnheader" className="text-right max-md:hidden">
          Instances
        </span>
        <span role="columnheader" className="text-right max-md:hidden">
          Created
        </span>
      </div>
      <div
        ref={box}
        role="rowgroup"
        tabIndex={0}
        aria-label="Rows"
        className="max-h-[calc(100dvh-14rem)] overflow-y-auto"
      >
        <div className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const one = functions[index];
            return one === undefined ? null : (
              <div
                key={one.name}
                role="row"
                aria-rowindex={index + 2}
                className={`${columns} absolute inset-x-0 h-10 border-b border-line last:border-0 hover:bg-surface-2 ${index === chosen ? 'bg-surface-2 shadow-[inset_3px_0_var(--accent)]' : ''}`}
                style={{ transform: `translateY(${start}px)` }}
              >
                <span role="cell" className="truncate">
                  <Link href={functionPath(one)} className="font-medium text-strong hover:underline">
                    {one.name}
                  </Link>
                </span>
                <span role="cell">
                  <StatusChip status={one.wherryStatus} />
                </span>
                <span role="cell" className="text-right max-md:hidden">
                  {count(one.invocationCount ?? 0)}
                </span>
                <span role="cell" className="text-right max-md:hidden">
                  {one.availableReplicas}/{one.replicas}
                </span>
                <span role="cell" className="text-right text-muted max-md:hidden">
                  <When time={one.createdAt} />
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
