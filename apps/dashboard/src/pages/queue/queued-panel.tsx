import { useQuery } from '@tanstack/react-query';
import type { QueuedCall } from '@wherry/wire/queued-calls';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useSession } from '../../current-session.ts';
import { HttpStatus } from '../../parts/chip.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { SidePanel } from '../../parts/side-panel.tsx';
import { CommandLine } from '../../parts/states.tsx';
import { bytes, duration, shellWord } from '../../words.ts';
import { plain } from '../logs/log-text.ts';
import { EditPayload } from './edit-payload.tsx';

const againMs = 1_000;
const isLive = ({ state }: QueuedCall): boolean => state === 'waiting' || state === 'running';

/** Everything that is known of one queued call: why it failed, its attempts, and its answer where one is kept. */
export function QueuedPanel({
  call: known,
  close,
  change,
}: {
  call: QueuedCall;
  close: () => void;
  change: (how: 'redrive' | 'discard' | 'cancelQueued') => void;
}) {
  const { client } = useSession();
  const query = useQuery({
    queryKey: ['queued', 'one', known.id],
    queryFn: () => client.readCall(known.id),
    // One that is over before its lane is counted again is told by no event.
    refetchInterval: ({ state }) => (isLive(state.data?.call ?? known) ? againMs : false),
  });
  const call = query.data?.call ?? known;
  const [editing, setEditing] = useState(false);
  useEffect(() => setEditing(false), [call.id]);
  const live = isLive(call);
  return (
    <SidePanel title={`${call.method} ${call.target}${call.path}`} close={close}>
      <div className="space-y-5">
        <p className="flex flex-wrap gap-2">
          {call.state === 'dead' && (
            <>
              <button type="button" className="button first" onClick={() => change('redrive')}>
                Try again
              </button>
              {call.kind === 'call' && call.editedAs === undefined && (
                <button
                  type="button"
                  className="button"
                  aria-expanded={editing}
                  onClick={() => setEditing(!editing)}
                >
                  Edit and try again
                </button>
              )}
              <button type="button" className="button bad" onClick={() => change('discard')}>
                Discard
              </button>
            </>
          )}
          {live && (
            <button type="button" className="button bad" onClick={() => change('cancelQueued')}>
              Take back
            </button>
          )}
        </p>
        {editing && call.state === 'dead' && <EditPayload call={call} close={() => setEditing(false)} />}
        <Facts
          of={[
            ['State', call.state],
            ...(call.editedAs === undefined
              ? []
              : ([['Tried again, edited', <Other key="edited" id={call.editedAs} />]] as const)),
            ...(call.replayOf === undefined
              ? []
              : ([['Repeats', <Other key="repeats" id={call.replayOf} />]] as const)),
            ...(call.reason === undefined ? [] : ([['Reason', call.reason]] as const)),
            ...(call.last === undefined ? [] : ([['Last attempt', plain(call.last.cause)]] as const)),
            ['Came', new Date(call.enqueuedAt).toString()],
            ...(call.dueAt === undefined ? [] : ([['Next try', new Date(call.dueAt).toString()]] as const)),
            ['Attempts', String(call.attempts)],
            ['Trigger', call.trigger],
            ['Body', bytes(call.bytes)],
            ...(call.callback === undefined ? [] : ([['Answers to', call.callback]] as const)),
            ...(call.keptUntil === undefined
              ? []
              : ([['Kept until', new Date(call.keptUntil).toString()]] as const)),
            [
              'Id',
              <code key="id" className="font-mono text-[13px] break-all">
                {call.id}
              </code>,
            ],
          ]}
        />
        <Loaded query={query} what="the call">
          {({ attempts, call: queued }) => (
            <>
              <section>
                <h3 className="mb-1 text-muted">Attempts on record</h3>
                {attempts.length === 0 && <p>None.</p>}
                <ul className="divide-y divide-line">
                  {attempts.map((one) => (
                    <li
                      key={`${one.startedAt} ${one.instance ?? ''}`}
                      className="flex flex-wrap gap-x-5 py-1.5"
                    >
                      <HttpStatus status={one.status} />
                      <span>{duration(one.totalMs)}</span>
                      <span className="text-muted">{new Date(one.startedAt).toLocaleString()}</span>
                      {one.error !== undefined && <span className="text-bad">{one.error}</span>}
                    </li>
                  ))}
                </ul>
              </section>
              {queued?.result !== undefined && (
                <section>
                  <h3 className="mb-1 text-muted">Its answer, {queued.result.status}</h3>
                  <pre
                    tabIndex={0}
                    aria-label="Its answer"
                    className="max-h-72 overflow-auto rounded-md bg-surface-2 p-3 font-mono text-[13px] break-all whitespace-pre-wrap text-strong"
                  >
                    {queued.result.cut === true ? 'It was too large to be kept.' : queued.result.body}
                  </pre>
                </section>
              )}
            </>
          )}
        </Loaded>
        <section>
          <h3 className="text-muted">In a terminal</h3>
          <CommandLine text={`wherry queue show ${shellWord(call.id)}`} />
        </section>
      </div>
    </SidePanel>
  );
}

const Other = ({ id }: { id: string }) => (
  <Link
    href={`/queue/calls?call=${encodeURIComponent(id)}`}
    className="font-mono text-[13px] break-all text-accent underline"
  >
    {id}
  </Link>
);
