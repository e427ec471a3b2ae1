import { useEffect, useRef } from 'react';
import { bytes } from '../../words.ts';
import type { Answered } from './invocation.ts';

/** What is drawn as text; the rest can be downloaded. */
const mostShown = 256 * 1024;
const mostHex = 2048;
/** So near to its end, somebody follows. */
const nearPx = 40;

/** Text, whatever it says it is: nothing of an answer is ever drawn as a page. While it comes, its end is followed. */
export function AnswerBody({ answer, pretty }: { answer: Answered; pretty: boolean }) {
  const box = useRef<HTMLPreElement>(null);
  const follows = useRef(true);
  const live = answer.end === undefined;
  useEffect(() => {
    const { current } = box;
    if (live && current !== null && follows.current) current.scrollTop = current.scrollHeight;
  }, [live, answer.bytes]);
  const kept = joined(answer.pieces);
  const shown = live ? kept.subarray(Math.max(0, kept.length - mostShown)) : kept.subarray(0, mostShown);
  const binary = shown.includes(0);
  // A letter whose second half is still to come is not drawn yet.
  const text = binary ? dump(kept.subarray(0, mostHex)) : new TextDecoder().decode(shown, { stream: true });
  const type = answer.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return (
    <>
      <pre
        ref={box}
        tabIndex={0}
        aria-label="Body of the answer"
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          follows.current = scrollTop + clientHeight >= scrollHeight - nearPx;
        }}
        className={`max-h-[60dvh] overflow-auto font-mono text-[13px] text-strong ${binary ? 'whitespace-pre' : 'break-all whitespace-pre-wrap'}`}
      >
        {text === '' ? (
          <span className="text-muted">{live ? 'Nothing has come yet' : 'Nothing in it'}</span>
        ) : pretty && /json/i.test(type) ? (
          indented(text)
        ) : (
          text
        )}
      </pre>
      {binary && (
        <p className="mt-2 text-muted">
          Not text{type === '' ? '' : ` (${type})`}
          {kept.length > mostHex ? `; the first ${bytes(mostHex)} are shown, download the rest.` : '.'}
        </p>
      )}
      {!binary && kept.length > mostShown && (
        <p className="mt-2 text-muted">
          The {live ? 'last' : 'first'} {bytes(mostShown)} are shown; download the rest.
        </p>
      )}
    </>
  );
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Sixteen bytes in each line: where they are, what they are, and those that are letters. */
function dump(all: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < all.length; at += 16) {
    const part = [...all.subarray(at, at + 16)];
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const letters = part.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·')).join('');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${letters}`);
  }
  return lines.join('\n');
}
