import type { AnswerToSend, CallbackSender } from '@wherry/core/ports/callback-sender';
import type { Clock } from '@wherry/core/ports/clock';
import type { Headers } from '@wherry/core/ports/forwarder';
import type { Ids } from '@wherry/core/ports/ids';
import { parseTraceParent, traceHeaders } from '@wherry/core/rules/trace-context';
import type { Span } from '@wherry/core/trace';

interface Parts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly spans: (spans: readonly Span[]) => void;
}

/** Each delivery of an answer as a span below the call that it is the answer of, which goes on to the receiver. */
export function tracedSender(sender: CallbackSender, { clock, ids, spans }: Parts): CallbackSender {
  return {
    check: (url) => sender.check(url),
    async send(answer, signal) {
      const parent = headerOf(answer.headers, 'traceparent');
      const state = headerOf(answer.headers, 'tracestate');
      const given =
        parent === undefined
          ? undefined
          : parseTraceParent({ parent, ...(state === undefined ? {} : { state }) });
      if (given === undefined || !given.sampled) return sender.send(answer, signal);
      const spanId = ids.spanId();
      const [startedAt, from] = [clock.now(), clock.monotonic()];
      const told = (status: number, error?: string): void =>
        spans([
          {
            ...{ traceId: given.traceId, spanId, parentId: given.spanId },
            ...(given.state === undefined ? {} : { state: given.state }),
            ...{ name: 'deliver answer', kind: 'client' },
            ...{ startedAt, endedAt: startedAt + (clock.monotonic() - from) },
            attributes: {
              'faas.name': headerOf(answer.headers, 'x-function-name') ?? '',
              // Only to whom: what stands behind it may be a secret.
              ...addressOf(answer),
              ...(status > 0 ? { 'http.response.status_code': status } : {}),
            },
            ...(error === undefined ? {} : { error }),
          },
        ]);
      try {
        const received = await sender.send(
          { ...answer, headers: [...without(answer.headers), ...traceHeaders({ ...given, spanId })] },
          signal,
        );
        const { status } = received;
        told(status, status >= 200 && status < 300 ? undefined : status > 0 ? String(status) : 'no_answer');
        return received;
      } catch (error) {
        told(0, 'callback_refused');
        throw error;
      }
    },
  };
}

function addressOf({ url }: AnswerToSend): Record<string, string> {
  return URL.canParse(url) ? { 'server.address': new URL(url).hostname } : {};
}

function headerOf(headers: Headers, name: string): string | undefined {
  const at = headers.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === name);
  return at < 0 ? undefined : headers[at + 1];
}

function without(headers: Headers): Headers {
  return headers.filter((_, i) => !/^trace(?:parent|state)$/i.test(headers[i - (i % 2)] as string));
}
