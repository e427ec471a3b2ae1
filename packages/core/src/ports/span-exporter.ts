import type { Span } from '../trace.ts';

/** How a sending went wrong. `again`: the same may be tried later. */
export class SpansRefused extends Error {
  readonly again: boolean;

  constructor(message: string, again: boolean) {
    super(message);
    this.again = again;
  }
}

/** Takes spans to whoever collects them. */
export interface SpanExporter {
  /** Resolves with how many of them the receiver did not want. Throws `SpansRefused` where it took none. */
  export(spans: readonly Span[], signal: AbortSignal): Promise<number>;
  close(): void;
}
