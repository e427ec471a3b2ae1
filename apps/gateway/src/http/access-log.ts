import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP, type Socket } from 'node:net';
import type { FunctionName } from '@wherry/core/names';
import type { Clock } from '@wherry/core/ports/clock';
import type { TraceContext } from '@wherry/core/trace';
import type { Guard } from './guard.ts';
import { withoutCredentials } from './left-out.ts';

/** What the doors tell of a request whose line is still to come. */
export interface Line {
  call?: {
    readonly id: string;
    readonly status?: number;
    readonly function?: FunctionName | undefined;
    readonly trace?: Pick<TraceContext, 'traceId'> | undefined;
  };
}

/** A request that is over. Texts are as they were sent. */
export interface Served {
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
  /** An address; undefined where a proxy told none. */
  readonly client: string | undefined;
  readonly method: string;
  readonly url: string;
  readonly version: string;
  readonly status: number;
  /** Bytes, head and all. */
  readonly sent: number;
  readonly referer: string | undefined;
  readonly agent: string | undefined;
  readonly seconds: number;
  readonly call: Line['call'];
}

/** Takes what was served, line by line. */
export interface AccessSink {
  take(served: Served): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

/** Watches requests to their end, and tells of each. */
export class AccessLog {
  readonly #sink: AccessSink;
  readonly #guard: Guard;
  readonly #clock: Clock;

  constructor(sink: AccessSink, guard: Guard, clock: Clock) {
    this.#sink = sink;
    this.#guard = guard;
    this.#clock = clock;
  }

  request(request: IncomingMessage, response: ServerResponse): Line {
    const { socket } = request;
    const sentBefore = socket.bytesWritten;
    return this.#line(request, response, () => ({
      status: response.headersSent ? response.statusCode : 499,
      sent: socket.bytesWritten - sentBefore,
    }));
  }

  /** A connection that leaves HTTP: told when it is over. */
  conversation(request: IncomingMessage, socket: Socket): Line {
    const line = this.#line(request, socket, () => ({
      status: line.call?.status ?? 400,
      sent: socket.bytesWritten,
    }));
    return line;
  }

  close(): Promise<void> {
    return this.#sink.close();
  }

  #line(
    request: IncomingMessage,
    answer: ServerResponse | Socket,
    outcome: () => { status: number; sent: number },
  ): Line {
    const line: Line = {};
    const since = this.#clock.monotonic();
    const at = this.#clock.now();
    // As it was asked for: whoever finds the function changes it.
    const { method = '', httpVersion: version } = request;
    const url = withoutCredentials(request.url ?? '');
    answer.once('close', () => {
      const client = this.#guard.client(request);
      const { referer, 'user-agent': agent } = request.headers;
      this.#sink.take({
        ...{ at, client: isIP(client) === 0 ? undefined : client, method, url, version, agent },
        referer: referer === undefined ? undefined : withoutCredentials(referer),
        ...{ ...outcome(), seconds: (this.#clock.monotonic() - since) / 1_000, call: line.call },
      });
    });
    return line;
  }
}
