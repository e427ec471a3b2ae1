import { coversAll } from '@wherry/core/access';
import { asWherryError, WherryError } from '@wherry/core/errors';
import type { Clock } from '@wherry/core/ports/clock';
import type { Patience, SeriesSource } from '@wherry/core/ports/queries';
import { visibleHistory } from '@wherry/engine/metrics/visible-history';
import {
  decodeInstantQuery,
  decodeMetadataQuery,
  decodeRangeQuery,
  encodeQueryError,
  timeoutOf,
} from '@wherry/wire/metric-queries';
import type { Exchange } from '../http/exchange.ts';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import { Turns } from '../http/turns.ts';
import type { Server } from '../start/server.ts';

const longestWaitMs = 30_000;
/** A query may take a processor and some hundred megabytes: whoever asks many waits, and keeps nobody else from asking. */
const turns = new Turns(4, 2);
/** An answer of which more than this is unread keeps its turn until it was read, but for so long at most. */
const mostUnreadBytes = 2 ** 20;
const longestReadMs = 60_000;

/** Questions over the history of numbers, by the API of Prometheus, so that Grafana and others can ask them. */
export type Question = 'instant' | 'range' | 'series' | 'labelNames' | 'labelValues';

export function metricQuery({ platform }: Server, question: Question): Handler {
  const { clock, history, queries } = platform.parts;
  const ask = (exchange: Exchange, form: URLSearchParams, source: SeriesSource, patience: Patience) => {
    const now = Math.round(clock.now());
    switch (question) {
      case 'instant':
        return queries.instant(source, decodeInstantQuery(form, now), patience);
      case 'range':
        return queries.range(source, decodeRangeQuery(form), patience);
      case 'series':
      case 'labelNames':
        return queries[question](source, decodeMetadataQuery(form, now), patience);
      case 'labelValues':
        return queries.labelValues(source, exchange.param('label'), decodeMetadataQuery(form, now), patience);
    }
  };
  return async (exchange) => {
    const gone = new AbortController();
    exchange.response.once('close', () => gone.abort());
    const form = await exchange.form();
    const { principal } = exchange;
    const source = visibleHistory(history, (target) => exchange.may(target), coversAll(principal));
    let done = (): void => undefined;
    try {
      const longestMs = Math.min(timeoutOf(form) ?? longestWaitMs, longestWaitMs);
      const since = performance.now();
      done = await turn(principal.name, gone.signal, longestMs);
      const deadlineMs = Math.max(1, longestMs - (performance.now() - since));
      const data = await ask(exchange, form, source, { signal: gone.signal, deadlineMs });
      answerJson(exchange.response, 200, { status: 'success', data });
    } catch (thrown) {
      const error = asWherryError(thrown, 'query');
      const answer = encodeQueryError(error);
      if (answer === undefined) throw error;
      answerJson(exchange.response, error.status, answer);
    } finally {
      onceRead(exchange, clock, done);
    }
  };
}

function turn(who: string, gone: AbortSignal, longestMs: number): Promise<() => void> {
  return turns.take(who, AbortSignal.any([gone, AbortSignal.timeout(longestMs)])).catch(() => {
    throw new WherryError('query_out_of_time', 'Other queries were at work until its deadline', {
      component: 'query',
    });
  });
}

function onceRead({ response, request }: Exchange, clock: Clock, done: () => void): void {
  if (response.closed || response.writableLength < mostUnreadBytes) return done();
  const cancel = clock.after(longestReadMs, () => request.socket.destroy());
  response.once('close', () => {
    cancel();
    done();
  });
}

/** What Grafana asks of a data source before anything else: a Prometheus of which age it is. We answer as the language of that age. */
export const buildInformation: Handler = async ({ response }) =>
  answerJson(response, 200, { status: 'success', data: { version: '3.0.0', application: 'Wherry' } });

/** Kinds and help of the metrics there are now. */
export function metricMetadata({ platform }: Server): Handler {
  return async ({ response }) => {
    const families = await platform.measuring.families();
    const data = Object.fromEntries(
      families.map(({ name, type, help }) => [name, [{ type, help, unit: '' }]] as const),
    );
    answerJson(response, 200, { status: 'success', data });
  };
}
