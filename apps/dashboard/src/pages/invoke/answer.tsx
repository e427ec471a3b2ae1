import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../../current-session.ts';
import { HttpStatus } from '../../parts/chip.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { StageBar } from '../../parts/stage-bar.tsx';
import { bytes, duration } from '../../words.ts';
import { type Answered, mostKept } from './invocation.ts';

const tabs = ['Body', 'Headers', 'Raw', 'Timing'] as const;
/** What is drawn as text; the rest can be downloaded. */
const mostShown = 256 * 1024;

export function Answer({ answer }: { answer: Answered }) {
  const [tab, setTab] = useState<(typeof tabs)[number]>('Body');
  const blob = new Blob([...answer.pieces], { type: 'application/octet-stream' });
  return (
    <div className="panel">
      <p role="status" className="flex flex-wrap items-center gap-x-5 gap-y-1 px-4 pt-3">
        <HttpStatus status={answer.status} />
        <span>{duration(answer.ms)}</span>
        <span>{bytes(answer.bytes)}</span>
        {!answer.complete && <span className="text-info">◐ still coming</span>}
        <span className="grow" />
        <button
          type="button"
          className="button"
          disabled={!answer.complete}
          onClick={() => saveFile('answer', blob)}
        >
          Download
        </button>
      </p>
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
        {tab === 'Body' && <Body answer={answer} pretty />}
        {tab === 'Headers' && <Headers answer={answer} />}
        {tab === 'Raw' && <Body answer={answer} />}
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

/** Text, whatever it says it is: nothing of an answer is ever drawn as a page. */
function Body({ answer, pretty = false }: { answer: Answered; pretty?: boolean }) {
  const all = new Uint8Array(answer.pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of answer.pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  const shown = all.subarray(0, mostShown);
  const binary = shown.includes(0);
  const text = binary ? hex(shown.subarray(0, 2048)) : new TextDecoder().decode(shown);
  const type = answer.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return (
    <>
      <pre
        tabIndex={0}
        aria-label="Body of the answer"
        className="max-h-[60dvh] overflow-auto font-mono text-[13px] break-all whitespace-pre-wrap text-strong"
      >
        {text === '' ? (
          <span className="text-muted">Nothing in it</span>
        ) : pretty && /json/.test(type) ? (
          indented(text)
        ) : (
          text
        )}
      </pre>
      {binary && <p className="mt-2 text-muted">Not text ({type}); the first bytes are shown.</p>}
      {!binary && all.length > mostShown && (
        <p className="mt-2 text-muted">The first {bytes(mostShown)} are shown; download the rest.</p>
      )}
    </>
  );
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
    enabled: answer.complete && answer.callId !== undefined,
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

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function hex(bytesOf: Uint8Array): string {
  return [...bytesOf].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
