import type { CallbackSender } from '@wherry/core/ports/callback-sender';
import type { Leased, NewItem, Settlement } from '@wherry/core/ports/call-queue';
import type { CallResult } from '@wherry/core/queued-call';
import { longestRetryAfterMs } from '@wherry/core/rules/retry-verdict';
import { handedOn, traceHeaders } from '@wherry/core/rules/trace-context';
import type { TraceContext } from '@wherry/core/trace';
import type { Attempt } from './dispatcher.ts';

/** Lanes of answers begin so; no function is called that. */
const lanePrefix = 'to ';
/** Deliveries to one receiver at once. */
export const answersAtOnce = 4;
const firstWaitMs = 1_000;
const mostWaitMs = 300_000;
/** An answer that nobody took for so long is a dead letter. */
const mostAgeMs = 6 * 3_600_000;
/** A receiver may take so long. */
const timeMs = 30_000;

export function isAnswerLane(lane: string): boolean {
  return lane.startsWith(lanePrefix);
}

/** The delivery of an answer, as something to be done: it waits, is tried and tried again like any call. */
export function answerItem(
  { item, attempts }: Leased,
  result: CallResult,
  of: {
    readonly id: string;
    /** Whom it goes to: deliveries to one wait for each other, and for nobody else. */
    readonly receiver: string;
    readonly now: number;
    readonly seconds: number;
    readonly most: number;
    readonly trace: TraceContext | undefined;
  },
): NewItem | undefined {
  const { callback } = item.head;
  if (callback === undefined) return undefined;
  return {
    id: of.id,
    lane: `${lanePrefix}${of.receiver}`,
    of: item.of,
    head: {
      ...item.head,
      headers: [],
      ...(of.trace === undefined ? {} : { trace: handedOn(of.trace) }),
      answer: {
        call: item.id,
        headers: [
          ...withoutOurs(result.headers),
          ...['X-Call-Id', item.alias ?? item.id, 'X-Function-Name', item.head.target],
          ...['X-Function-Status', String(result.status), 'X-Duration-Seconds', of.seconds.toFixed(6)],
          ...['X-Retry', String(attempts - 1), 'X-Retry-Max', String(of.most)],
          ...(result.cut === true ? ['X-Wherry-Body', 'left out: more than is kept'] : []),
          ...(of.trace === undefined ? [] : traceHeaders(of.trace)),
          ...['X-Wherry-Depth', String(item.head.depth)],
        ],
      },
    },
    body: result.body,
    enqueuedAt: of.now,
    due: of.now,
    expires: of.now + mostAgeMs,
  };
}

/** What only we say, or what belongs to the connection that it came by. */
function withoutOurs(headers: readonly string[]): string[] {
  const dropped =
    /^(?:x-call-id|x-function-.*|x-duration-seconds|x-retry.*|x-wherry-.*|webhook-.*|traceparent|tracestate|content-length|transfer-encoding|connection|keep-alive|trailer|upgrade|host|te)$/i;
  return headers.filter((_, i) => !dropped.test(headers[i - (i % 2)] as string));
}

/** How a delivery is tried, and what becomes of it. */
export function deliver(
  lease: Leased,
  parts: {
    readonly send: CallbackSender['send'];
    readonly now: () => number;
    readonly after: (ms: number, task: () => void) => () => void;
    readonly keepMs: number;
    readonly deadMs: number;
    readonly random: () => number;
  },
): Attempt {
  const { item, id, epoch, attempts } = lease;
  const { headers = [] } = item.head.answer ?? {};
  const aborted = new AbortController();
  const tooLong = parts.after(timeMs, () => aborted.abort());
  const answer = { url: item.head.callback ?? '', id, headers, body: item.body };
  // Whoever sends may not come back: the attempt ends all the same.
  const late = new Promise<{ status: number; cause: string }>((resolve) => {
    const gone = (): void => resolve({ status: 0, cause: 'no answer in time' });
    aborted.signal.addEventListener('abort', gone, { once: true });
  });
  const sent = parts.send(answer, aborted.signal);
  const over = Promise.race([sent, late])
    .catch((error: Error) => ({ status: -1, cause: error.message }))
    .then((received): Settlement => {
      tooLong();
      const { status, cause } = received;
      const at = parts.now();
      if (status >= 200 && status < 300) {
        const result = { status, headers: [], body: new Uint8Array(0) };
        return { id, epoch, to: 'done', at, result, keptUntil: at + parts.keepMs };
      }
      const note = { at, cause, ...(status > 0 ? { status } : {}) };
      const grown = Math.min(mostWaitMs, firstWaitMs * 2 ** Math.min(20, attempts - 1));
      const asked =
        'retryAfterMs' in received ? Math.min(received.retryAfterMs ?? 0, longestRetryAfterMs) : 0;
      const due = at + Math.max(asked, grown / 2 + (grown / 2) * parts.random());
      const dead = (reason: 'refused' | 'expired'): Settlement => ({
        ...{ id, epoch, to: 'dead', at, reason, note, keptUntil: at + parts.deadMs },
      });
      // 410: whoever was there wants no more of it.
      if (status < 0 || status === 410) return dead('refused');
      if (due >= item.expires) return dead('expired');
      return { id, epoch, to: 'waiting', due, note, counts: true, crashed: false };
    });
  return { over, cancel: () => aborted.abort() };
}
