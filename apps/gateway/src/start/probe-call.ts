import type { CallOutput } from '@wherry/engine/invoke/call';
import type { Platform } from '@wherry/engine/platform';

const shownChars = 60;

/** Calls a function once through the pipeline, as everybody does, and tells the first line of its answer. */
export async function probeCall(platform: Platform, target: string, body: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let failure: Error | undefined;
  const output: CallOutput = {
    whole: (_status, _headers, bytes) => void pieces.push(bytes),
    head: () => undefined,
    chunk: (bytes) => pieces.push(bytes) > 0,
    end: () => undefined,
    cut: () => {
      failure = new Error('the answer was cut off');
    },
    error: (error) => {
      failure = error;
    },
  };
  const call = platform.prepare(
    {
      trigger: 'internal',
      target,
      method: 'POST',
      path: '/',
      headers: ['Content-Type', 'text/plain'],
      body: Buffer.from(body),
      alias: undefined,
      authorization: undefined,
      from: { address: '127.0.0.1', host: 'localhost', scheme: 'http' },
    },
    output,
  );
  await platform.run(call);
  if (failure !== undefined) throw failure;
  const line = Buffer.concat(pieces).toString('utf8').split('\n')[0] ?? '';
  return line.length > shownChars ? `${line.slice(0, shownChars)}…` : line;
}
