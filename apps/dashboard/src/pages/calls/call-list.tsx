import type { Call } from '@wherry/wire/calls';
import { callWords, rowSearch } from '@wherry/wire/tables/search';
import { useEffect, useState } from 'react';
import { useNamespace } from '../../functions.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Choice, SearchField } from '../../parts/filters.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty } from '../../parts/states.tsx';
import { useQueryText } from '../../query-text.ts';
import { count } from '../../words.ts';
import { columns, everywhere } from './call-columns.tsx';
import { CallPanel } from './call-panel.tsx';
import { type Of, useCall, useCalls } from './call-query.ts';
import { callKey } from './known-calls.ts';
import { NoCalls } from './latest-calls.tsx';

const pageOf = 1_000;

const traceIn = (text: string): string =>
  /(?:^|-)([0-9a-f]{32})(?:-|$)/.exec(text.trim().toLowerCase())?.[1] ?? '';
const isTrace = (text: string): boolean => text.trim() === '' || traceIn(text) !== '';

/** What an export is asked for to have what the list shows. */
export function exportOf(only: string, text: string): Record<string, string | number | undefined> {
  return {
    failed: only === 'failed' ? 1 : undefined,
    cold: only === 'cold' ? 1 : undefined,
    text: text.trim(),
  };
}

/** What failed is what counts as an error everywhere else: what a caller did wrong is not. */
function matches(call: Call, only: string): boolean {
  if (only === 'failed') return call.status >= 500;
  return only !== 'cold' || call.cold;
}

/** Filters are in the address, and so is the call that is open. */
export function FilteredCalls({ of }: { of?: Of }) {
  const [text, setText] = useQueryText('text');
  const [only, setOnly] = useQueryText('only');
  const [open, setOpen] = useQueryText('call');
  const [namespace] = useNamespace();
  const [trace, setTrace] = useQueryText('trace');
  const [written, setWritten] = useState(trace);
  useEffect(() => setWritten((before) => (traceIn(before) === trace ? before : trace)), [trace]);
  const { query, calls: all, more } = useCalls(of, pageOf, trace);
  const current = useCall(open, all);
  return (
    <Loaded query={query} what="the calls">
      {() => {
        const found = rowSearch(text);
        const mine =
          namespace === '' || of !== undefined ? all : all.filter((call) => call.namespace === namespace);
        const shown = mine.filter((call) => matches(call, only) && found(callWords(call)));
        return (
          <>
            <div className="mb-3 flex flex-wrap gap-2">
              <SearchField
                label="Filter by function, path, status or id"
                placeholder="Function, path, status or id"
                value={text}
                set={setText}
              />
              <Choice
                label="Which calls"
                value={only}
                set={setOnly}
                choices={[
                  ['', 'All'],
                  ['failed', 'Failed'],
                  ['cold', 'Cold'],
                ]}
              />
              <input
                type="search"
                aria-label="Trace, by its id or a traceparent"
                placeholder="Trace id"
                className={`field min-w-0 font-mono text-[13px] grow md:max-w-72 ${isTrace(written) ? '' : 'border-bad'}`}
                aria-invalid={!isTrace(written)}
                spellCheck={false}
                value={written}
                onChange={({ target: { value } }) => {
                  setWritten(value);
                  if (isTrace(value)) setTrace(traceIn(value));
                }}
              />
              <span role="status" className="self-center text-muted">
                {shown.length === all.length
                  ? ''
                  : `${count(shown.length)} of the latest ${count(all.length)}`}
              </span>
            </div>
            {all.length === 0 &&
              (trace === '' ? <NoCalls of={of} /> : <Empty title="No call of this trace is on record" />)}
            {all.length > 0 && shown.length === 0 && (
              <Empty title="None of the latest calls matches the filter">
                {more !== undefined && (
                  <button type="button" className="button mt-2" onClick={more}>
                    Look further back
                  </button>
                )}
              </Empty>
            )}
            {shown.length > 0 && (
              <DataTable
                label="Calls"
                rows={shown}
                keyOf={callKey}
                columns={of === undefined ? everywhere(setOpen) : columns(setOpen)}
                open={(call) => setOpen(callKey(call))}
                current={current === undefined ? '' : callKey(current)}
                {...(more === undefined ? {} : { more })}
                order="newest-first"
              />
            )}
            {current !== undefined && <CallPanel call={current} close={() => setOpen('')} />}
          </>
        );
      }}
    </Loaded>
  );
}
