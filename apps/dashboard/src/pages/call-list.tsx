import { useQuery } from '@tanstack/react-query';
import type { Call } from '@wherry/wire/calls';
import { Fragment, useState } from 'react';
import { useSession } from '../current-session.ts';
import { HttpStatus } from '../parts/chip.tsx';
import { StageBar } from '../parts/stage-bar.tsx';
import { Empty, Failure, Skeleton } from '../parts/states.tsx';
import { When } from '../parts/when.tsx';
import { useQueryText } from '../query-text.ts';
import { bytes, duration, shellWord } from '../words.ts';

function matches(call: Call, text: string, only: string): boolean {
  if (only === 'failed' && call.status < 400) return false;
  if (only === 'cold' && !call.cold) return false;
  return `${call.target} ${call.path} ${call.id} ${call.status} ${call.error ?? ''}`
    .toLowerCase()
    .includes(text);
}

/** Filters are in the address. */
export function FilteredCalls({ of }: { of?: { name: string; namespace: string } }) {
  const [text, setText] = useQueryText('text');
  const [only, setOnly] = useQueryText('only');
  return (
    <>
      <div className="mb-3 flex flex-wrap gap-2">
        <input
          type="search"
          aria-label="Filter by function, path, status or id"
          placeholder="Function, path, status or id"
          className="field min-w-0 grow md:max-w-80"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <select
          aria-label="Which calls"
          className="field"
          value={only}
          onChange={(event) => setOnly(event.target.value)}
        >
          <option value="">All</option>
          <option value="failed">Failed</option>
          <option value="cold">Cold</option>
        </select>
      </div>
      <CallList
        {...(of === undefined ? {} : { of })}
        wanted={(call) => matches(call, text.trim().toLowerCase(), only)}
      />
    </>
  );
}

/** The latest calls, of one function or of all. A row opens what is known of it. */
export function CallList({
  of,
  most = 1_000,
  wanted = () => true,
}: {
  of?: { name: string; namespace: string };
  most?: number;
  wanted?: (call: Call) => boolean;
}) {
  const { client } = useSession();
  const [open, setOpen] = useState('');
  const { data, error, refetch } = useQuery({
    queryKey: ['calls', of?.namespace ?? '', of?.name ?? '', most],
    queryFn: () =>
      client.listCalls({
        limit: most,
        ...(of === undefined ? {} : { function: of.name, namespace: of.namespace }),
      }),
    refetchInterval: 2_000,
  });
  if (data === undefined)
    return error === null ? (
      <Skeleton what="the calls" />
    ) : (
      <Failure error={error} retry={() => void refetch()} />
    );
  if (data.length === 0)
    return (
      <Empty title="No calls yet" command={`npx wherry invoke ${shellWord(of?.name ?? 'NAME')} -d hello`} />
    );
  const shown = data.filter(wanted);
  if (shown.length === 0) return <Empty title="None of the latest calls matches the filter" />;
  return (
    <div className="panel overflow-x-auto" tabIndex={0} role="region" aria-label="Calls">
      <table className="w-full text-left">
        <caption className="sr-only">Calls, newest first</caption>
        <thead className="text-xs text-muted">
          <tr className="h-9 border-b border-line">
            <th className="px-4 font-normal">When</th>
            {of === undefined && <th className="pr-4 font-normal">Function</th>}
            <th className="pr-4 font-normal">Request</th>
            <th className="pr-4 font-normal">Status</th>
            <th className="pr-4 font-normal">Took</th>
            <th className="w-44 pr-4 font-normal max-md:hidden">Stages</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((call) => (
            <Fragment key={call.id}>
              <tr className="h-9 border-b border-line last:border-0 hover:bg-surface-2">
                <td className="px-4 whitespace-nowrap">
                  <button
                    type="button"
                    aria-expanded={open === call.id}
                    className="min-h-6 hover:underline"
                    onClick={() => setOpen(open === call.id ? '' : call.id)}
                  >
                    <When time={call.startedAt} />
                  </button>
                </td>
                {of === undefined && <td className="max-w-48 truncate pr-4 text-strong">{call.target}</td>}
                <td className="max-w-48 truncate pr-4 font-mono text-[13px]">
                  {call.method} {call.path}
                </td>
                <td className="pr-4">
                  <HttpStatus status={call.status} />
                </td>
                <td className="pr-4 whitespace-nowrap">
                  {duration(call.totalMs)}
                  {call.cold && <span className="text-info"> cold</span>}
                </td>
                <td className="pr-4 max-md:hidden">
                  <StageBar {...call} />
                </td>
              </tr>
              {open === call.id && (
                <tr className="border-b border-line bg-surface-0">
                  <td colSpan={6} className="px-4 py-3">
                    <Details call={call} />
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Details({ call }: { call: Call }) {
  const parts: readonly (readonly [string, string])[] = [
    ['id', call.alias === undefined ? call.id : `${call.id} (caller’s: ${call.alias})`],
    ['trigger', call.trigger],
    ['instance', call.instance ?? 'none'],
    ['version', call.version === undefined ? 'none' : String(call.version)],
    ['waited', duration(call.waitMs)],
    ['woke', duration(call.wakeMs)],
    ['ran', duration(call.runMs)],
    ['in and out', `${bytes(call.bytesIn)}, ${bytes(call.bytesOut)}`],
    ...(call.error === undefined ? [] : ([['error', `${call.error}, fault of the ${call.fault}`]] as const)),
  ];
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-1">
      {parts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="font-mono text-[13px] break-all text-strong">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
