import { answerHeader, decodeCarried } from '@wherry/wire/carried-answer';
import type { Client } from '@wherry/wire/client';
import { headerOf } from '@wherry/wire/transport';

/** What was typed into the form. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  /** One in each line. */
  readonly headers: string;
  readonly body: string;
  /** Whether it goes into the queue. */
  readonly later: boolean;
}

export interface Answered {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  /** What has come so far, of which at most `mostKept` bytes are kept. */
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
  readonly bytes: number;
  readonly complete: boolean;
  readonly ms: number;
  /** Ours, for what the record says of it. */
  readonly callId: string | undefined;
}

/** More than this is not held in a page; the command line takes any size. */
export const mostKept = 32 * 2 ** 20;

/** Undefined where a line is no header. */
export function headersIn(text: string): readonly (readonly [string, string])[] | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const pairs = lines.map((line) => /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)\s*$/.exec(line));
  if (pairs.includes(null)) return undefined;
  return pairs.map((match): [string, string] => [match?.[1] ?? '', match?.[2] ?? '']);
}

/** Calls it, and tells the answer as it grows. Throws `ClientError` where there is none, and Error where it breaks off. */
export async function callFunction(
  client: Client,
  of: { name: string; namespace: string },
  asked: Asked,
  file: File | undefined,
  told: (answer: Answered) => void,
): Promise<void> {
  const began = performance.now();
  const bodiless = !asked.later && (asked.method === 'GET' || asked.method === 'HEAD');
  const body =
    file === undefined ? new TextEncoder().encode(asked.body) : new Uint8Array(await file.arrayBuffer());
  const request = {
    method: asked.later ? 'POST' : asked.method,
    target: asked.path.startsWith('/') ? asked.path : `/${asked.path}`,
    headers: headersIn(asked.headers) ?? [],
    ...(bodiless || body.length === 0 ? {} : { body }),
  };
  const answer = await client.invoke(of, request, asked.later ? 'invokeAsync' : 'invoke');
  const carried = headerOf(answer, answerHeader.toLowerCase());
  // What the gateway itself says, as a refusal, comes without: then the answer is its own.
  const head = carried === undefined ? answer : decodeCarried(carried);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const tell = (complete: boolean): void =>
    told({
      status: head.status,
      headers: head.headers,
      pieces: [...pieces],
      bytes,
      complete,
      ms: performance.now() - began,
      callId: head.headers.find(([name]) => name.toLowerCase() === 'x-call-id')?.[1],
    });
  tell(false);
  for await (const piece of answer.body) {
    if (bytes < mostKept) pieces.push(Uint8Array.from(piece));
    bytes += piece.length;
    tell(false);
  }
  tell(true);
}
