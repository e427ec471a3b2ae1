import type { CapturedCall } from '@wherry/wire/captures';
import { type Asked, nothingAsked } from './request.ts';

/** What browsers and connections set anew. */
const notOurs =
  /^(?:host|origin|referer|connection|content-length|transfer-encoding|accept-encoding|user-agent|x-call-id|traceparent|tracestate|sec-.*)$/i;

/** A call that was kept, to be changed and made again. */
export function askedOf({ request }: CapturedCall): Asked {
  const { method, path, headers, encoding, body } = request;
  const lines = headers.flatMap((name, i) =>
    i % 2 === 0 && !notOurs.test(name) ? [`${name}: ${headers[i + 1]}`] : [],
  );
  const binary = encoding === 'base64';
  return {
    ...nothingAsked,
    ...{ method, path, headers: lines.join('\n') },
    ...(binary
      ? { kind: 'file' as const, file: new File([bytesOf(body)], 'captured-body') }
      : { kind: 'text' as const, body }),
  };
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
