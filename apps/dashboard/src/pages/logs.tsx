import { useQuery } from '@tanstack/react-query';
import type { LogMessage } from '@wherry/wire/logs';
import { useEffect, useRef, useState } from 'react';
import { useSession } from '../current-session.ts';
import { Empty, Failure, Skeleton } from '../parts/states.tsx';
import { useQueryText } from '../query-text.ts';
import { count, shellWord } from '../words.ts';

const mostLines = 1_000;
const nearEnd = 24;

/** The latest lines, oldest first, that follow what comes until somebody scrolls up to read. */
export function Logs({ of }: { of: { name: string; namespace: string } }) {
  const { client } = useSession();
  const [text, setText] = useQueryText('text');
  const box = useRef<HTMLOListElement>(null);
  const [follows, setFollows] = useState(true);
  const { data, error, refetch } = useQuery({
    queryKey: ['logs', of.namespace, of.name],
    queryFn: () => Array.fromAsync(client.readLogs({ ...of, tail: mostLines })),
    refetchInterval: 2_000,
  });
  useEffect(() => {
    if (follows && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [data, follows]);
  if (data === undefined)
    return error === null ? (
      <Skeleton what="the log" />
    ) : (
      <Failure error={error} retry={() => void refetch()} />
    );
  if (data.length === 0)
    return (
      <Empty title="It has said nothing yet" command={`npx wherry invoke ${shellWord(of.name)} -d hello`}>
        What a function writes to its standard output and error stands here.
      </Empty>
    );
  const shown = data.filter((line) => line.text.toLowerCase().includes(text.toLowerCase()));
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <input
          type="search"
          aria-label="Find in the log"
          placeholder="Find in the log"
          className="field min-w-0 grow md:max-w-80"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <span role="status" className="text-muted">
          {text === '' ? `${count(data.length)} lines` : `${count(shown.length)} of ${count(data.length)}`}
        </span>
        <span className="grow" />
        <button type="button" className="button" aria-pressed={follows} onClick={() => setFollows(!follows)}>
          {follows ? 'Following' : 'Follow'}
        </button>
      </div>
      <ol
        ref={box}
        tabIndex={0}
        aria-label="Log lines"
        className="panel max-h-[calc(100dvh-16rem)] overflow-y-auto py-2 font-mono text-[13px]"
        onScroll={({ currentTarget: list }) =>
          setFollows(list.scrollHeight - list.scrollTop - list.clientHeight < nearEnd)
        }
      >
        {shown.map((line, i) => (
          <Line key={`${line.timestamp} ${i}`} line={line} />
        ))}
      </ol>
    </>
  );
}

function Line({ line }: { line: LogMessage }) {
  return (
    <li className="flex gap-4 px-4 py-px hover:bg-surface-2 max-md:flex-col max-md:gap-0">
      <time
        dateTime={line.timestamp}
        title={`${new Date(line.timestamp).toString()}, instance ${line.instance}`}
        className="shrink-0 text-muted"
      >
        {new Date(line.timestamp).toLocaleTimeString('en-GB')}
      </time>
      <span className="min-w-0 break-all whitespace-pre-wrap text-strong">{plain(line.text)}</span>
    </li>
  );
}

/** Colours of terminals are left out; what else is no text is shown as a dot, so that no line can pose as two. */
function plain(text: string): string {
  return text
    .replace(/\u001b\[[\d;]*m/g, '')
    .replace(/[\0-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e]/g, '·');
}
