/** The frames of docs/runtime-protocol.md: numbers and layout, nothing that moves. */

export const frameType = {
  load: 1,
  loaded: 2,
  call: 3,
  answer: 4,
  head: 5,
  fetch: 6,
  cancel: 7,
  done: 8,
  ping: 9,
  pong: 10,
  stop: 11,
} as const;

/** The body is not in the frame but follows as chunks. */
export const flagStream = 1;
/** The host made this answer because the handler failed. */
export const flagFault = 2;

export const headerBytes = 20;
/** A frame is never larger; a peer that announces more is broken. */
export const maxFrameBytes = 2 ** 20;
/** Bodies up to this size travel inside a frame on the lane. */
export const maxLaneBodyBytes = 64 * 1024;

/** A frame as it was read. Head and body are views: they are valid until the reader is fed again, unless copied. */
export interface Frame {
  readonly id: number;
  readonly type: number;
  readonly flags: number;
  readonly status: number;
  readonly aux: number;
  readonly head: string;
  readonly body: Buffer;
}

/** Writes a frame's header into `into` at `offset`. */
export function writeHeader(
  into: Buffer,
  offset: number,
  id: number,
  type: number,
  flags: number,
  aux: number,
  headBytes: number,
  bodyBytes: number,
): void {
  into.writeUInt32BE(16 + headBytes + bodyBytes, offset);
  into.writeUInt32BE(id, offset + 4);
  into[offset + 8] = type;
  into[offset + 9] = flags;
  into[offset + 10] = 0;
  into[offset + 11] = 0;
  into.writeUInt32BE(aux, offset + 12);
  into.writeUInt32BE(headBytes, offset + 16);
}

/** One frame as bytes of its own: for everything that is not on the call path. */
export function frameBytes(type: number, id = 0, aux = 0, flags = 0, head = ''): Buffer {
  const headBytes = Buffer.byteLength(head);
  const bytes = Buffer.allocUnsafe(headerBytes + headBytes);
  writeHeader(bytes, 0, id, type, flags, aux, headBytes, 0);
  bytes.write(head, headerBytes);
  return bytes;
}
