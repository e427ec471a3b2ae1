import { useVirtualizer } from '@tanstack/react-virtual';
import type { LogMessage } from '@wherry/wire/logs';
import { useEffect, useRef } from 'react';
import { plain } from './log-text.ts';

const lineHeight = 21;
/** Nearer than this to the end counts as at the end. */
const nearEnd = 24;
/** What is drawn of one line; a download has all of it. */
const mostShown = 10_000;

const marks: Readonly<
  Record<string, { readonly letter: string; readonly tone: string; readonly bar: string }>
> = {
  debug: { letter: 'D', tone: 'text-neutral', bar: 'bg-neutral' },
  info: { letter: 'I', tone: 'text-info', bar: 'bg-info' },
  warn: { letter: 'W', tone: 'text-warn', bar: 'bg-warn' },
  error: { letter: 'E', tone: 'text-bad', bar: 'bg-bad' },
};

/** Only lines that are seen exist. It stays at the end while it follows, and whoever scrolls up stops that. */
export function LogList({
  lines,
  wanted,
  wrap,
  follows,
  setFollows,
  only,
}: {
  lines: readonly LogMessage[];
  /** What is searched, in small letters. */
  wanted: string;
  wrap: boolean;
  follows: boolean;
  setFollows: (follows: boolean) => void;
  only: (line: LogMessage) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => lineHeight,
    overscan: 20,
  });
  useEffect(() => {
    if (follows && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [follows, lines.length]);
  const wheel = (up: boolean): void => {
    const list = box.current;
    if (up) setFollows(false);
    else if (list !== null && list.scrollHeight - list.scrollTop - list.clientHeight < nearEnd)
      setFollows(true);
  };
  return (
    <div
      ref={box}
      role="log"
      aria-label="Log lines"
      aria-live="off"
      tabIndex={0}
      className="panel max-h-[calc(100dvh-15rem)] min-h-40 overflow-auto py-2 font-mono text-[13px] leading-[21px]"
      onWheel={({ deltaY }) => wheel(deltaY < 0)}
      onKeyDown={({ key }) => {
        if (['ArrowUp', 'PageUp', 'Home'].includes(key)) wheel(true);
        if (key === 'End') setFollows(true);
      }}
      onTouchMove={() => setFollows(false)}
    >
      <div className="relative min-w-full" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const line = lines[index];
          return line === undefined ? null : (
            <div
              key={index}
              ref={virtual.measureElement}
              data-index={index}
              className={`absolute top-0 left-0 min-w-full ${wrap ? 'w-full' : 'w-max'}`}
              style={{ transform: `translateY(${start}px)` }}
            >
              {line.stream === 'mark' ? (
                <Mark line={line} only={only} />
              ) : (
                <Line line={line} wanted={wanted} wrap={wrap} only={only} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Line({
  line,
  wanted,
  wrap,
  only,
}: {
  line: LogMessage;
  wanted: string;
  wrap: boolean;
  only: (line: LogMessage) => void;
}) {
  const { letter, tone, bar } = marks[line.level ?? 'info'] ?? { letter: ' ', tone: '', bar: '' };
  return (
    <div className="group flex gap-3 pr-4 hover:bg-surface-2 max-md:gap-2">
      <span aria-hidden className={`w-1 shrink-0 self-stretch ${bar}`} />
      <Time line={line} only={only} />
      <span title={line.level} className={`shrink-0 ${tone}`}>
        {letter}
      </span>
      <span className={`min-w-0 text-strong ${wrap ? 'break-all whitespace-pre-wrap' : 'whitespace-pre'}`}>
        <Marked text={plain(line.text.slice(0, mostShown))} wanted={wanted} />
        {line.text.length > mostShown && <span className="text-muted"> … cut here</span>}
      </span>
    </div>
  );
}

/** Where what is searched stands in a line. */
function Marked({ text, wanted }: { text: string; wanted: string }) {
  const at = wanted === '' ? -1 : text.toLowerCase().indexOf(wanted);
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark className="bg-surface-3 text-accent underline">{text.slice(at, at + wanted.length)}</mark>
      {text.slice(at + wanted.length)}
    </>
  );
}

/** What the gateway says of an instance between its lines: that it began, ended, or said more than was kept. */
function Mark({ line, only }: { line: LogMessage; only: (line: LogMessage) => void }) {
  return (
    <div className="flex gap-3 border-y border-line bg-surface-0 pr-4 text-muted max-md:gap-2">
      <span aria-hidden className="w-1 shrink-0" />
      <Time line={line} only={only} />
      <span aria-hidden>–</span>
      <span className="min-w-0 font-sans break-words">
        {plain(line.text)} <span className="text-xs">instance {line.instance}</span>
      </span>
    </div>
  );
}

function Time({ line, only }: { line: LogMessage; only: (line: LogMessage) => void }) {
  const when = new Date(line.timestamp);
  return (
    <button
      type="button"
      title={`${when.toString()}, version ${line.version}, instance ${line.instance}: only this instance`}
      className="min-h-[21px] shrink-0 self-start text-muted hover:underline"
      onClick={() => only(line)}
    >
      <time dateTime={line.timestamp}>{when.toLocaleTimeString('en-GB')}</time>
    </button>
  );
}
