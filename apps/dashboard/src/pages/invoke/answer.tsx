import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { useSession } from '../../current-session.ts';
import { HttpStatus } from '../../parts/chip.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { StageBar } from '../../parts/stage-bar.tsx';
import { functionPath } from '../../paths.ts';
import { bytes, duration } from '../../words.ts';
import { AnswerBody } from './answer-body.tsx';
import { fileNameOf } from './answer-file.ts';
import { type Answered, mostKept } from './invocation.ts';
import type { Of } from './request.ts';

const tabs = ['Body', 'Headers', 'Raw', 'Timing'] as const;

/** What was answered, as it comes. `stop` ends it; undefined once nothing more comes. */
export function Answer({
  of,
  answer,
  later,
  stop,
}: {
  of: Of;
  answer: Answered;
  /** It was put into the queue. */
  later: boolean;
  stop: (() => void) | undefined;
}) {
  const [tab, setTab] = useState<(typeof tabs)[number]>('Body');
  const blob = new Blob([...answer.pieces], { type: 'application/octet-stream' });
  return (
    <div className="panel">
      <p role="status" className="flex flex-wrap items-center gap-x-5 gap-y-1 px-4 pt-3">
        <HttpStatus status={answer.status} />
        <span>{duration(answer.ms)}</span>
        <span>{bytes(answer.bytes)}</span>
        <Ending of={answer} />
        <span className="grow" />
        {stop !== undefined && (
          <button type="button" className="button small bad" onClick={stop}>
            Stop
          </button>
        )}
        <button
          type="button"
          className="button small"
          disabled={answer.end === undefined}
          onClick={() => saveFile(fileNameOf(of.name, answer.headers, answer.pieces[0] ?? nothing), blob)}
        >
          Download
        </button>
      </p>
      {answer.callId !== undefined && (
        <p className="flex flex-wrap gap-x-2 px-4 pt-1 text-muted">
          {later ? 'Queued as' : 'Call'}
          <Link
            className="font-mono text-[13px] break-all text-accent underline"
            href={
              later
                ? `/queue/calls?call=${encodeURIComponent(answer.callId)}`
                : `${functionPath(of, 'calls')}?call=${encodeURIComponent(answer.callId)}`
            }
          >
            {answer.callId}
          </Link>
        </p>
      )}
      <div
        role="group"
        aria-label="Parts of the answer"
        className="flex gap-1 border-b border-line px-2 pt-2"
      >
        {tabs.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={tab === one}
            onClick={() => setTab(one)}
            className={`-mb-px border-b-2 px-2.5 py-1.5 ${tab === one ? 'border-accent font-semibold text-accent' : 'border-transparent'}`}
          >
            {one}
          </button>
        ))}
      </div>
      <div className="p-4">
        {tab === 'Body' && <AnswerBody answer={answer} pretty />}
        {tab === 'Headers' && <Headers answer={answer} />}
        {tab === 'Raw' && <AnswerBody answer={answer} pretty={false} />}
        {tab === 'Timing' && <Timing answer={answer} />}
        {answer.bytes > mostKept && (
          <p className="mt-2 text-warn">
            ▲ Only the first {bytes(mostKept)} are kept here; wherry invoke takes all.
          </p>
        )}
      </div>
    </div>
  );
}

const nothing = new Uint8Array(0);

function Ending({ of: { end } }: { of: Answered }) {
  if (end === undefined) return <span className="text-info">◐ still coming</span>;
  if (end === 'stopped') return <span className="text-warn">▲ stopped here</span>;
  if (end === 'broken') return <span className="text-bad">■ it broke off</span>;
  return null;
}

function Headers({ answer }: { answer: Answered }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-1 font-mono text-[13px]">
      {answer.headers.map(([name, value], i) => (
        // A name may come twice.
        <div key={`${i} ${name}`} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="break-all text-strong">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Timing({ answer }: { answer: Answered }) {
  const { client } = useSession();
  const { data } = useQuery({
    queryKey: ['call', answer.callId],
    queryFn: () => client.listCalls({ id: answer.callId ?? '', limit: 1 }),
    enabled: answer.end !== undefined && answer.callId !== undefined,
    // Records are written in groups, a moment after the answer.
    refetchInterval: ({ state }) => (state.data?.length === 0 ? 500 : false),
  });
  const call = data?.[0];
  if (call === undefined) return <p className="text-muted">The record of the call is on its way.</p>;
  return (
    <div className="space-y-3">
      <StageBar {...call} />
      <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-1">
        {(
          [
            ['Waited for a place', call.waitMs],
            ['Woke an instance', call.wakeMs],
            ['Ran', call.runMs],
            ['In the gateway, all of it', call.totalMs],
            ['Seen from this page', answer.ms],
          ] as const
        ).map(([name, ms]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="text-strong">{duration(ms)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
