/** Takes the bytes of a body as they come. Exactly one of `end` and `fail` is called, last. */
export interface BodySink {
  /** False asks the sender to wait for `ready`; what was given is taken all the same. */
  chunk(bytes: Uint8Array): boolean;
  end(): void;
  /** The body stops here, incomplete. */
  fail(reason: Error): void;
}

/**
 * A body that arrives over time. Nothing is read before `start`; `pause` stops the reading at the source (so that memory stays
 * flat), `resume` goes on. `cancel` drops the rest; no further method of the sink is called then.
 */
export interface BodySource {
  /** In bytes, where it is known before. */
  readonly length: number | undefined;
  start(sink: BodySink): void;
  pause(): void;
  resume(): void;
  cancel(): void;
}

/** A whole body, or one that arrives over time. */
export type Body = Uint8Array | BodySource;

export function isWhole(body: Body): body is Uint8Array {
  return body instanceof Uint8Array;
}
