import type { ServerResponse } from 'node:http';
import { asWherryError } from '@wherry/core/errors';
import { buildContentType, type BuildLine, failedLine, progressLine } from '@wherry/wire/builds';

/** So that nobody on the way takes a quiet compiler for a dead connection. */
const beatMs = 10_000;
const gatherMs = 100;
const mostHeld = 2_000;
const mostBehindBytes = 2 ** 20;

/**
 * Answers with a build's lines as they come. Whoever asked is gone: `signal` fires. `streamed` false gathers them into one object, for
 * clients that read the answer whole.
 */
export async function answerBuild(
  response: ServerResponse,
  streamed: boolean,
  work: (told: (line: string) => void, signal: AbortSignal) => Promise<BuildLine>,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let held: string[] = [];
  const flush = (): void => {
    if (!streamed || held.length === 0 || response.writableLength > mostBehindBytes) return;
    send(response, progressLine(held));
    held = [];
  };
  const told = (line: string): void => {
    // Of a log that nobody takes, the last lines are kept.
    held.push(line);
    if (held.length > mostHeld) held.splice(0, held.length - mostHeld);
  };
  // Whatever is refused before the first line has a status of its own; after it the last line tells.
  let begun = false;
  const begin = (): void => {
    if (begun) return;
    begun = true;
    response.writeHead(200, {
      'Content-Type': streamed ? buildContentType : 'application/json',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    });
  };
  const beats = setInterval(() => begun && streamed && send(response, progressLine([])), beatMs);
  const flushes = setInterval(flush, gatherMs);
  try {
    const last = await work((line) => {
      begin();
      told(line);
    }, gone.signal);
    begin();
    flush();
    send(response, streamed ? last : { ...last, log: held });
  } catch (error) {
    if (!begun) throw error;
    flush();
    const last = failedLine(asWherryError(error, 'builds'));
    send(response, streamed ? last : { ...last, log: held });
  } finally {
    clearInterval(beats);
    clearInterval(flushes);
  }
  response.end();
}

function send(response: ServerResponse, line: BuildLine): void {
  if (!response.destroyed) response.write(`${JSON.stringify(line)}\n`);
}
