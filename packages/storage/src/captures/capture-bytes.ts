import type { Capture, CapturedBody } from '@wherry/core/capture';

/** A capture as bytes: how long its head is, the head as JSON, then what is kept of both bodies. */
export function packCapture({ request, answer, ...rest }: Capture): Buffer {
  const head = Buffer.from(
    JSON.stringify({
      ...rest,
      request: { ...request, body: sizesOf(request.body) },
      answer: { ...answer, body: sizesOf(answer.body) },
    }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, request.body.kept, answer.body.kept]);
}

export function unpackCapture(bytes: Buffer): Capture {
  const from = 4 + bytes.readUInt32BE();
  const head = JSON.parse(bytes.toString('utf8', 4, from)) as Packed;
  const between = from + head.request.body.kept;
  return {
    ...head,
    request: { ...head.request, body: { ...head.request.body, kept: bytes.subarray(from, between) } },
    answer: { ...head.answer, body: { ...head.answer.body, kept: bytes.subarray(between) } },
  };
}

interface Sizes extends Omit<CapturedBody, 'kept'> {
  readonly kept: number;
}

interface Packed extends Omit<Capture, 'request' | 'answer'> {
  readonly request: Omit<Capture['request'], 'body'> & { readonly body: Sizes };
  readonly answer: Omit<Capture['answer'], 'body'> & { readonly body: Sizes };
}

function sizesOf({ kept, bytes, cut }: CapturedBody): Sizes {
  return { kept: kept.length, bytes, cut };
}
