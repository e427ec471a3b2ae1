import { ClientError, errorOfAnswer, errorOfConnection, type Target } from './client-error.ts';
import { pathOf, routes, type RouteName } from './routes.ts';
import {
  fetchTransport,
  headerOf,
  wholeBody,
  type Transport,
  type TransportAnswer,
  type TransportRequest,
} from './transport.ts';

export interface ClientOptions extends Target {
  /** The whole value of the Authorization header, see `bearer` and `basic`. */
  readonly authorization?: string;
  readonly transport?: Transport;
  /** For everything but streams. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly userAgent?: string;
}

export const bearer = (token: string): string => `Bearer ${token}`;

export function basic(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** Routes without a rest of the path. */
export type Plain = Exclude<RouteName, 'invokePath' | 'invokeAsyncPath'>;

export type Params = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface Ask {
  readonly values?: Readonly<Record<string, string>>;
  readonly query?: Params;
  readonly body?: unknown;
  readonly bytes?: TransportRequest['body'];
  readonly type?: string;
  readonly headers?: TransportRequest['headers'];
  readonly signal?: AbortSignal;
  /** 0 waits for ever. */
  readonly timeoutMs?: number;
}

const mostAnswerBytes = 256 * 2 ** 20;

/** Asks a gateway, and tells what went wrong. Every method throws `ClientError`; answers are trusted to be what the gateway's own types say. */
export class Connection {
  readonly target: Target;
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.target = { url: options.url.replace(/\/+$/, ''), origin: options.origin };
  }

  /** What stands in an answer of Prometheus's API. */
  async data<T>(route: Plain, query: Params, values: Readonly<Record<string, string>> = {}): Promise<T> {
    return (await this.json<{ readonly data: T }>(route, { query, values })).data;
  }

  /** An answer's bytes as they come. */
  async *bytes(
    route: Plain,
    query: Params,
    more: Pick<Ask, 'headers' | 'signal' | 'values'> = {},
  ): AsyncGenerator<Uint8Array> {
    const answer = await this.#ask(route, { query, ...more, timeoutMs: 0 });
    try {
      yield* answer.body;
    } catch (error) {
      throw errorOfConnection(this.target, error);
    }
  }

  /** An answer in lines of JSON, each as soon as it is there. */
  async *lines<T>(route: Plain, ask: Ask): AsyncGenerator<T> {
    const answer = await this.#ask(route, { ...ask, timeoutMs: 0 });
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of answer.body) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') yield JSON.parse(line) as T;
      }
    } catch (error) {
      throw errorOfConnection(this.target, error);
    }
    if (rest.trim() !== '') yield JSON.parse(rest) as T;
  }

  /** An answer in JSON. */
  async json<T>(route: Plain, ask: Ask = {}): Promise<T> {
    const answer = await this.#ask(route, ask);
    const text = await this.#whole(answer);
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      const cause = `${this.target.url} (from ${this.target.origin}) answered ${answer.status} with what is no JSON`;
      const next = 'See whether this is the address of the gateway: wherry doctor';
      throw new ClientError(
        {
          code: 'garbled_answer',
          title: 'The answer cannot be understood',
          cause,
          fault: 'operator',
          component: 'client',
          next,
        },
        answer.status,
        error,
      );
    }
  }

  /** An answer that says no more than that it is done. */
  async done(route: Plain, ask: Ask): Promise<void> {
    await this.#whole(await this.#ask(route, ask));
  }

  /** The same, and what a header of the answer says. */
  async header(route: Plain, ask: Ask, name: string): Promise<string | undefined> {
    const answer = await this.#ask(route, ask);
    await this.#whole(answer);
    return headerOf(answer, name.toLowerCase());
  }

  async #whole(answer: TransportAnswer): Promise<string> {
    return wholeBody(answer.body, mostAnswerBytes).catch((error: unknown) => {
      throw errorOfConnection(this.target, error);
    });
  }

  async #ask(route: Plain, ask: Ask): Promise<TransportAnswer> {
    const query = searchOf(ask.query ?? {});
    const body = ask.body === undefined ? ask.bytes : new TextEncoder().encode(JSON.stringify(ask.body));
    const answer = await this.send({
      method: routes[route].method,
      url: `${this.target.url}${pathOf(route, ask.values)}${query}`,
      headers: [
        ['accept', 'application/json'],
        ...(ask.headers ?? []),
        ...(body === undefined || ask.headers !== undefined
          ? []
          : [['content-type', ask.type ?? 'application/json'] as const]),
      ],
      ...(body === undefined ? {} : { body }),
      ...(ask.signal === undefined ? {} : { signal: ask.signal }),
      timeoutMs: ask.timeoutMs ?? this.#options.timeoutMs ?? 30_000,
    });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw await errorOfAnswer(this.target, answer);
  }

  /** Resolves with whatever was answered; `timeoutMs` 0 waits for ever. */
  async send({ timeoutMs, ...request }: TransportRequest & { timeoutMs: number }): Promise<TransportAnswer> {
    const { authorization, userAgent, transport = fetchTransport, signal } = this.#options;
    const named = new Set(request.headers.map(([name]) => name.toLowerCase()));
    const headers = [...request.headers];
    if (authorization !== undefined && !named.has('authorization'))
      headers.push(['authorization', authorization]);
    if (userAgent !== undefined && !named.has('user-agent')) headers.push(['user-agent', userAgent]);
    const signals = [
      ...(signal === undefined ? [] : [signal]),
      ...(request.signal === undefined ? [] : [request.signal]),
      ...(timeoutMs === 0 ? [] : [AbortSignal.timeout(timeoutMs)]),
    ];
    try {
      return await transport({
        ...request,
        headers,
        ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }),
      });
    } catch (error) {
      throw errorOfConnection(this.target, error);
    }
  }
}

function searchOf(params: Params): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== '') search.append(name, String(one));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
