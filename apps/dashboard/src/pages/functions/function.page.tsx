import { useQuery } from '@tanstack/react-query';
import { Send } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Link, Redirect, useLocation, useParams, useSearchParams } from 'wouter';
import { useSession } from '../../current-session.ts';
import { PageHead } from '../../frame.tsx';
import { useKeys } from '../../keys.ts';
import { StatusChip } from '../../parts/chip.tsx';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { intoView } from '../../parts/tabs.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Failure, Skeleton } from '../../parts/states.tsx';
import { functionPath } from '../../paths.ts';
import { shellWord } from '../../words.ts';
import { exportOf, FilteredCalls } from '../calls/call-list.tsx';
import { ShowRequest } from '../invoke/copy-request.tsx';
import { Invoke } from '../invoke/invoke.tsx';
import { nothingAsked } from '../invoke/request.ts';
import { Logs } from '../logs/logs.tsx';
import Metrics from './metrics.tsx';
import { Summary } from './summary.tsx';

const Configuration = lazy(() => import('./configuration.tsx'));
const Versions = lazy(() => import('./versions.tsx'));

const rate = 'sum by (code) (rate(gateway_function_invocation_total[5m]))';

/** `command` and `path` say the same elsewhere; FN stands for the function. */
const tabs = [
  { id: 'summary', word: 'Summary', command: 'wherry describe FN', path: '/system/function/NAME/state?IN' },
  // What it says depends on what the form asks.
  { id: 'invoke', word: 'Invoke', command: '', path: '' },
  { id: 'calls', word: 'Calls', command: 'wherry calls FN', path: '/system/calls?function=NAME&IN' },
  {
    id: 'logs',
    word: 'Logs',
    command: 'wherry logs FN --follow',
    path: '/system/logs?name=NAME&IN&follow=1',
  },
  {
    id: 'metrics',
    word: 'Metrics',
    command: `wherry query ${shellWord(rate)} --range 1h`,
    path: `/api/v1/query?${new URLSearchParams({ query: rate })}`,
  },
  { id: 'configuration', word: 'Configuration', command: 'wherry export', path: '/system/function/NAME?IN' },
  {
    id: 'versions',
    word: 'Versions',
    command: 'wherry versions FN',
    path: '/system/function/NAME/versions?IN',
  },
];

export default function FunctionPage() {
  const { namespace, name, tab = 'summary' } = useParams<{ namespace: string; name: string; tab?: string }>();
  const of = { namespace, name };
  const { client } = useSession();
  const [, go] = useLocation();
  const [asked, setAsked] = useState(nothingAsked);
  useKeys({
    invoke: () => go(functionPath(of, 'invoke')),
    goLogs: () => go(functionPath(of, 'logs')),
  });
  const { data, error, refetch } = useQuery({
    queryKey: ['state', namespace, name],
    queryFn: () => client.readState(of),
    // Events tell what changes; this is for what has none.
    refetchInterval: 10_000,
  });
  const here = tabs.find(({ id }) => id === tab);
  if (here === undefined) return <Redirect to={functionPath(of)} replace />;
  return (
    <>
      <PageHead title={name}>
        {data !== undefined && <StatusChip status={data.status} />}
        <Link href={functionPath(of, 'invoke')} className="button">
          <Send size={16} aria-hidden /> Invoke
        </Link>
        {(tab === 'calls' || tab === 'logs') && <Export of={of} table={tab} />}
        {tab === 'invoke' ? (
          <ShowRequest of={of} asked={asked} />
        ) : (
          <ShowCommand
            command={here.command.replace('FN', () => `${shellWord(name)} -n ${shellWord(namespace)}`)}
            path={here.path
              .replace('NAME', () => encodeURIComponent(name))
              .replace('IN', () => `namespace=${encodeURIComponent(namespace)}`)}
          />
        )}
      </PageHead>
      {data?.reason !== undefined && (
        <p className="panel mb-4 border-l-4 border-l-warn p-3 break-words">{data.reason}</p>
      )}
      <nav aria-label="About this function" className="mb-4 flex gap-1 overflow-x-auto border-b border-line">
        {tabs.map(({ id, word }) => (
          <Link
            key={id}
            href={functionPath(of, id)}
            aria-current={id === tab ? 'page' : undefined}
            ref={id === tab ? intoView : undefined}
            className={`border-b-2 px-3 py-1.5 ${id === tab ? 'border-accent font-semibold text-accent' : 'border-transparent hover:text-strong'}`}
          >
            {word}
          </Link>
        ))}
      </nav>
      {data === undefined && error !== null && <Failure error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton what={name} />}
      {data !== undefined && tab === 'summary' && <Summary state={data} />}
      {data !== undefined && tab === 'invoke' && (
        <Invoke key={`${namespace} ${name}`} of={of} told={setAsked} />
      )}
      {data !== undefined && tab === 'logs' && <Logs key={`${namespace} ${name}`} of={of} />}
      {data !== undefined && tab === 'metrics' && <Metrics state={data} />}
      <Suspense fallback={<Skeleton what="the page" />}>
        {data !== undefined && tab === 'configuration' && <Configuration state={data} />}
        {data !== undefined && tab === 'versions' && <Versions state={data} />}
      </Suspense>
      {data !== undefined && tab === 'calls' && <FilteredCalls of={of} />}
    </>
  );
}

/** With the filters that the address of the tab has. */
function Export({ of, table }: { of: { name: string; namespace: string }; table: 'calls' | 'logs' }) {
  const [address] = useSearchParams();
  const filter = (key: string): string | undefined => address.get(key) ?? undefined;
  const filters =
    table === 'calls'
      ? exportOf(filter('only') ?? '', filter('text') ?? '')
      : {
          ...{ level: filter('level'), text: filter('text'), instance: filter('instance') },
          version: filter('version'),
        };
  return <ExportMenu table={table} query={{ function: of.name, namespace: of.namespace, ...filters }} />;
}
