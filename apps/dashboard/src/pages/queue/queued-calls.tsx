import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { QueueChanged } from '@wherry/wire/queued-calls';
import { queuedWords, rowSearch } from '@wherry/wire/tables/search';
import { useState } from 'react';
import { useSession } from '../../current-session.ts';
import { useNamespace } from '../../functions.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Choice, Chosen, SearchField } from '../../parts/filters.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { useTell } from '../../parts/notice.tsx';
import { Empty, Skeleton } from '../../parts/states.tsx';
import { useQueryText } from '../../query-text.ts';
import { count } from '../../words.ts';
import { columns, states } from './queued-columns.tsx';
import { QueuedPanel } from './queued-panel.tsx';
import { isWanted, mostShown, useQueued } from './queued-query.ts';

type Change = 'redrive' | 'discard' | 'cancelQueued';

/** Calls in the queue. Those that failed for good can be marked, tried again and removed. */
export function QueuedCalls() {
  const { client } = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  const [namespace] = useNamespace();
  const [text, setText] = useQueryText('text');
  const [state, setState] = useQueryText('state');
  const [lane, setLane] = useQueryText('lane');
  const [open, setOpen] = useQueryText('call');
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<{ readonly change: Change; readonly ids: readonly string[] }>();
  const wanted = { namespace, lane, state };
  const query = useQueued(wanted);
  // One that is not in the list, because it is older or in another state.
  const further = useQuery({
    queryKey: ['queued', 'one', open],
    queryFn: () => client.readCall(open),
    enabled: open !== '' && query.data?.some(({ id }) => id === open) === false,
    retry: false,
  });
  const change = async (how: Change, ids: readonly string[]): Promise<void> => {
    const done: QueueChanged = await client[how]({ ids });
    tell(`${said[how]} ${count(done.ids.length)} ${done.ids.length === 1 ? 'call' : 'calls'}.`);
    setMarked(new Set());
    await queries.invalidateQueries({ queryKey: ['queued'] });
    await queries.invalidateQueries({ queryKey: ['lanes'] });
  };
  const mark = (id: string): void => {
    const next = new Set(marked);
    if (!next.delete(id)) next.add(id);
    setMarked(next);
  };
  return (
    <Loaded query={query} what="the queue">
      {(all) => {
        const found = rowSearch(text);
        const shown = all.filter((call) => isWanted(call, wanted) && found(queuedWords(call)));
        const current = all.find(({ id }) => id === open) ?? further.data?.call;
        // What was tried again with another body is not tried twice.
        const dead = shown.filter((call) => call.state === 'dead' && call.editedAs === undefined);
        const chosen = dead.filter(({ id }) => marked.has(id));
        const about = chosen.length > 0 ? chosen : dead;
        const which = chosen.length > 0 ? 'marked' : 'shown';
        return (
          <>
            <div className="mb-3 flex flex-wrap items-center gap-2">
              <SearchField
                label="Filter by function, id or reason"
                placeholder="Function, id or reason"
                width="grow md:max-w-72"
                value={text}
                set={setText}
              />
              <Choice
                label="State"
                value={state}
                set={setState}
                choices={[
                  ['', 'All states'],
                  ...Object.entries(states).map(([id, [, , word]]) => [id, word] as const),
                ]}
              />
              <Chosen name="lane" value={lane} clear={() => setLane('')} />
              {all.length === mostShown && (
                <span className="text-muted">
                  The latest {count(mostShown)}; choose a state for older ones.
                </span>
              )}
              <span className="grow" />
              {dead.length > 0 && (
                <Doings
                  which={which}
                  times={about.length}
                  redrive={() => setAsking({ change: 'redrive', ids: about.map(({ id }) => id) })}
                  discard={() => setAsking({ change: 'discard', ids: about.map(({ id }) => id) })}
                />
              )}
            </div>
            {shown.length === 0 && query.isPlaceholderData ? (
              <Skeleton what="the queue" />
            ) : shown.length === 0 ? (
              <Empty
                title={
                  all.length === 0 && namespace === '' && lane === ''
                    ? 'There is nothing'
                    : 'No call matches the filter'
                }
              />
            ) : (
              <DataTable
                label="Queued calls"
                rows={shown}
                keyOf={({ id }) => id}
                columns={columns(marked, mark, setOpen)}
                open={({ id }) => setOpen(id)}
                keys={{
                  mark: ({ id, state: now }) => now === 'dead' && mark(id),
                  act: ({ id, state: now }) => now === 'dead' && setAsking({ change: 'redrive', ids: [id] }),
                  remove: ({ id, state: now }) =>
                    now === 'dead' && setAsking({ change: 'discard', ids: [id] }),
                }}
                current={open}
                order="newest-first"
              />
            )}
            {current !== undefined && (
              <QueuedPanel
                call={current}
                close={() => setOpen('')}
                change={(how) => setAsking({ change: how, ids: [current.id] })}
              />
            )}
            {asking !== undefined && (
              <Confirm
                title={`${verbs[asking.change]} ${count(asking.ids.length)} ${asking.ids.length === 1 ? 'call' : 'calls'}?`}
                verb={verbs[asking.change]}
                bad={asking.change !== 'redrive'}
                act={() => change(asking.change, asking.ids)}
                close={() => setAsking(undefined)}
              >
                <p>{means[asking.change]}</p>
              </Confirm>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

const verbs = { redrive: 'Try again', discard: 'Discard', cancelQueued: 'Take back' } as const;
const said = { redrive: 'Waiting again:', discard: 'Discarded', cancelQueued: 'Took back' } as const;
const means = {
  redrive: 'They wait again, with all their attempts. Who made them may have them made twice.',
  discard: 'They are removed with their bodies, and can’t be brought back.',
  cancelQueued: 'It is not begun any more; where it runs, it is told that nobody waits.',
} as const;

function Doings({
  which,
  times,
  redrive,
  discard,
}: {
  which: string;
  times: number;
  redrive: () => void;
  discard: () => void;
}) {
  return (
    <>
      <button type="button" className="button" onClick={redrive}>
        Try {count(times)} {which} again
      </button>
      <button type="button" className="button bad" onClick={discard}>
        Discard {count(times)} {which}
      </button>
    </>
  );
}
