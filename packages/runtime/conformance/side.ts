// Calls by side connections: bodies sent as chunks, answers fetched.
import assert from 'node:assert/strict';
import { CALL, chunk, encode, FETCH, type Frame, HEAD, LAST_CHUNK, type Line, STREAM } from './driver.ts';
import { next } from './host-under-test.ts';

/** Begins a call whose body follows as chunks. */
export function callStreaming(side: Line, id: number, target: string, head = ''): void {
  side.socket.write(
    encode({ type: CALL, flags: STREAM, id, aux: 60_000, head: `POST ${target}\nhost:x\n${head}` }),
  );
}

/** Sends a body in pieces of uneven sizes, and its end. */
export async function sendBody(side: Line, bytes: Buffer, piece = 70_001): Promise<void> {
  for (let at = 0; at < bytes.length; at += piece) await side.write(chunk(bytes.subarray(at, at + piece)));
  await side.write(LAST_CHUNK);
}

/** The answer to a streaming call, wherever its body is. */
export async function answerOn(side: Line): Promise<{ answer: Frame; body: Buffer }> {
  const answer = await next(side);
  if (answer.type !== HEAD) return { answer, body: answer.body };
  assert.equal(answer.flags & STREAM, STREAM);
  return { answer, body: await wholeBody(side) };
}

/** Fetches a streamed answer that was announced on the lane. */
export function fetchOn(side: Line, announced: Frame): void {
  assert.equal(announced.type, HEAD);
  assert.equal(announced.flags & STREAM, 0);
  side.send({ type: FETCH, aux: announced.aux });
}

export async function wholeBody(side: Line): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const whole = await side.body((piece) => {
    pieces.push(piece);
  });
  assert.ok(whole, 'the body was cut short');
  return Buffer.concat(pieces);
}

/** Bytes that tell their own place. */
export function pattern(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let i = 0; i < size; i++) bytes[i] = i % 251;
  return bytes;
}
