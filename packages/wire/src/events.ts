import type { PlatformEvent } from '@wherry/core/platform-event';
import { rfc3339 } from './times.ts';

type WithTime<E> = E extends { readonly at: number }
  ? Omit<E, 'at' | 'kind'> & { readonly at: string }
  : never;
type DataOf<K> = WithTime<Extract<PlatformEvent, { kind: K }>>;

/** What GET /system/events tells, as server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export type StreamedEvent =
  | { readonly id: string; readonly event: 'function'; readonly data: DataOf<'function'> }
  | { readonly id: string; readonly event: 'instance'; readonly data: DataOf<'instance'> }
  | { readonly id: string; readonly event: 'calls'; readonly data: DataOf<'calls'> }
  | { readonly id: string; readonly event: 'queue'; readonly data: DataOf<'queue'> }
  | { readonly id: string; readonly event: 'alert'; readonly data: DataOf<'alert'> }
  /** Something was not told: whoever shows what is now, asks anew. */
  | { readonly id: string; readonly event: 'gap'; readonly data: { readonly why: string } }
  /** It begins; what happens from now on is told. */
  | { readonly id: string; readonly event: 'begin'; readonly data: Readonly<Record<string, never>> };

export const eventContentType = 'text/event-stream';
/** How long a reader that was cut off waits, in milliseconds. */
export const retryMs = 4_000;

export function encodeEvent(id: string, { kind, at, ...rest }: PlatformEvent): string {
  return block(id, kind, { at: rfc3339(at), ...rest });
}

export const encodeGap = (id: string, why: string): string => block(id, 'gap', { why });
export const encodeBegin = (id: string): string => `retry: ${retryMs}\n${block(id, 'begin', {})}`;
/** Says that the connection is still there, and nothing else. */
export const heartbeat = ':\n\n';

/** JSON has no line ends, so that what it is about can't end the event. */
const block = (id: string, event: string, data: object): string =>
  `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** Reads such a stream; ends where it ends. Events of other names are passed over. `heard` is told of every sign of life. */
export async function* decodeEvents(
  chunks: AsyncIterable<Uint8Array>,
  heard: () => void = () => {},
): AsyncGenerator<StreamedEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    heard();
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const text of blocks) {
      const fields = new Map(text.split('\n').map((line) => splitLine(line)));
      const event = fields.get('event') ?? '';
      if (!names.has(event)) continue;
      const data: unknown = JSON.parse(fields.get('data') ?? '{}');
      yield { id: fields.get('id') ?? '', event, data } as StreamedEvent;
    }
  }
}

const names: ReadonlySet<string> = new Set([
  'function',
  'instance',
  'calls',
  'queue',
  'alert',
  'gap',
  'begin',
]);

function splitLine(line: string): readonly [string, string] {
  const colon = line.indexOf(': ');
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 2)];
}
