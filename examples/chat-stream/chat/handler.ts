import { setTimeout as pause } from 'node:timers/promises';
import { reply } from './reply.ts';

const PAUSE_MS = Number(process.env['pause_ms'] ?? 80);

export default {
  /** `POST /` with the question as its body, or `GET /?q=…`, which is what a browser's EventSource sends. */
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const text = request.method === 'POST' ? await request.text() : (searchParams.get('q') ?? '');
    const question = text.trim();
    if (question === '') return Response.json({ error: 'ask something' }, { status: 400 });
    const body = ReadableStream.from(events(question, request.signal));
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' };
    return new Response(body, { headers });
  },
};

/** Server-sent events: one for each word, then one called `done`. */
async function* events(question: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const words = reply(question).split(' ');
  let said = 0;
  try {
    for (const word of words) {
      // The signal is aborted when the caller is gone. Without it, words would be made that nobody hears, and paid for.
      if (said > 0) await pause(PAUSE_MS, undefined, { signal });
      said += 1;
      yield event('word', { word });
    }
    yield event('done', { words: said });
  } finally {
    const left = said < words.length ? ', and the caller left' : '';
    console.log(`said ${said} of ${words.length} words${left}`);
  }
}

const encoder = new TextEncoder();

/** As JSON there is no line break in it, which would end the event. */
function event(name: string, data: unknown): Uint8Array {
  return encoder.encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}
