import { answerHeader, decodeCarried } from '@wherry/wire/carried-answer';
import type { Client } from '@wherry/wire/client';
import { headerOf } from '@wherry/wire/transport';
import { type Asked, bodiless, methodOf, type Of, type Part, sentHeaders, targetOf } from './request.ts';

export interface Answered {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  /** What has come so far, of which at most `mostKept` bytes are kept. */
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
  readonly bytes: number;
  /** Undefined while there is more to come. */
  readonly end?: 'whole' | 'stopped' | 'broken';
  readonly ms: number;
  /** Ours, for what the record says of it. */
  readonly callId: string | undefined;
}

/** More than this is not held in a page; the command line takes any size. */
export const mostKept = 32 * 2 ** 20;
/** However many pieces come, nobody sees more than so many pictures of them. */
const leastMs = 100;

/**
 * Calls it, and tells the answer as it grows. Throws `ClientError` where there is none; one that breaks off, or is stopped by the signal, is
 * told as far as it came.
 */
export async function callFunction(
  client: Client,
  of: Of,
  asked: Asked,
  signal: AbortSignal,
  told: (answer: Answered) => void,
): Promise<void> {
  const began = performance.now();
  const { type, body } = await contentOf(asked);
  const request = {
    method: methodOf(asked),
    target: targetOf(asked) ?? '/',
    headers: [...sentHeaders(asked), ...(type === undefined ? [] : ([['Content-Type', type]] as const))],
    ...(body === undefined ? {} : { body }),
    signal,
  };
  const answer = await client.invoke(of, request, asked.later ? 'invokeAsync' : 'invoke');
  const carried = headerOf(answer, answerHeader.toLowerCase());
  // What the gateway itself says, as a refusal, comes without: then the answer is its own.
  const head = carried === undefined ? answer : decodeCarried(carried);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  let toldAt = 0;
  const tell = (end?: Answered['end']): void => {
    toldAt = performance.now();
    told({
      ...{ status: head.status, headers: head.headers, pieces: [...pieces], bytes, ms: toldAt - began },
      ...(end === undefined ? {} : { end }),
      callId: head.headers.find(([name]) => name.toLowerCase() === 'x-call-id')?.[1],
    });
  };
  tell();
  // What has come is shown although nothing more comes.
  let late: ReturnType<typeof setTimeout> | undefined;
  try {
    for await (const piece of answer.body) {
      if (bytes < mostKept) pieces.push(Uint8Array.from(piece));
      bytes += piece.length;
      late ??= setTimeout(
        () => {
          late = undefined;
          tell();
        },
        Math.max(0, leastMs - (performance.now() - toldAt)),
      );
    }
    clearTimeout(late);
    tell('whole');
  } catch {
    clearTimeout(late);
    tell(signal.aborted ? 'stopped' : 'broken');
  }
}

async function contentOf(asked: Asked): Promise<{ type?: string; body?: Uint8Array }> {
  if (bodiless(asked)) return {};
  if (asked.kind === 'text') return asked.body === '' ? {} : { body: new TextEncoder().encode(asked.body) };
  if (asked.kind === 'file')
    return asked.file === undefined ? {} : { body: new Uint8Array(await asked.file.arrayBuffer()) };
  // The browser writes forms as everybody expects them.
  const written = new Response(formOf(asked.parts));
  return {
    type: written.headers.get('content-type') ?? 'multipart/form-data',
    body: new Uint8Array(await written.arrayBuffer()),
  };
}

function formOf(parts: readonly Part[]): FormData {
  const form = new FormData();
  for (const { name, value, file } of parts) if (name !== '') form.append(name, file ?? value);
  return form;
}
