import type { DeploymentKey } from './function.ts';
import type { Headers } from './ports/forwarder.ts';

/** What is kept of a body. */
export interface CapturedBody {
  /** Its first bytes: all of it, or as much as is kept. */
  readonly kept: Uint8Array;
  /** How long it was, as far as it came. */
  readonly bytes: number;
  /** There was more than what is kept. */
  readonly cut: boolean;
}

/** A call with its bodies, because its function asked for that. Credentials are never in it. */
export interface Capture {
  /** Of the call. */
  readonly id: string;
  readonly deployment: DeploymentKey;
  /** When the call was over, in milliseconds since 1970. */
  readonly at: number;
  /** Of a queued call: which attempt it was. */
  readonly attempt?: number;
  readonly request: {
    readonly method: string;
    /** Path and query after the function's name, beginning with `/`. */
    readonly path: string;
    readonly headers: Headers;
    readonly body: CapturedBody;
    /** Names of headers, and with `?` before them of parameters of the query, that were sent and are not kept. */
    readonly withheld: readonly string[];
  };
  readonly answer: {
    readonly status: number;
    readonly headers: Headers;
    readonly body: CapturedBody;
    readonly withheld: readonly string[];
    /** What went wrong, where the platform answered. */
    readonly error?: string;
  };
}
