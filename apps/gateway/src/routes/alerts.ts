import { coversAll } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import type { Labels } from '@wherry/core/metric';
import { functionIn } from '@wherry/core/rules/alert-labels';
import { parseFullName } from '@wherry/core/names';
import type { Silence } from '@wherry/core/alert';
import {
  type AlertList,
  decodeEventQuery,
  decodeSilence,
  encodeAlert,
  encodeEvent,
  encodeSilence,
} from '@wherry/wire/alert-lists';
import { matcherText } from '@wherry/wire/alert-matchers';
import type { Exchange } from '../http/exchange.ts';
import { answerEmpty, answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** What fires or is about to, of the functions that the asker may see. */
export function listAlerts({ platform }: Server): Handler {
  return async (exchange) => {
    const { working, lastEvaluationSeconds, problems } = platform.alerts.health;
    const alerts = platform.alerts.list().filter(({ labels }) => maySee(exchange, labels));
    const tellings = await platform.alerts.tellings(alerts);
    const everything = coversAll(exchange.principal);
    const list = {
      alerts: alerts.map((alert) =>
        encodeAlert(alert, tellings.get(alert.id) ?? { deliveries: [] }, everything),
      ),
      ...{ working, lastEvaluationSeconds, problems },
    };
    answerJson(exchange.response, 200, list satisfies AlertList);
  };
}

export function listAlertEvents({ platform }: Server): Handler {
  return (exchange) => {
    const { limit, ...wanted } = decodeEventQuery(exchange.query);
    const found = platform.alerts
      .events()
      .filter(
        (event) =>
          maySee(exchange, event.labels ?? {}) &&
          (['what', 'rule', 'channel'] as const).every(
            (key) => wanted[key] === undefined || wanted[key] === event[key],
          ),
      );
    answerJson(exchange.response, 200, found.slice(0, limit).map(encodeEvent));
  };
}

export function listSilences({ platform }: Server): Handler {
  return (exchange) => {
    const now = platform.parts.clock.now();
    const visible = platform.alerts.silences.list().filter((silence) => mayChange(exchange, silence));
    answerJson(
      exchange.response,
      200,
      visible.map((silence) => encodeSilence(silence, now)),
    );
  };
}

export function createSilence({ platform }: Server): Handler {
  return async (exchange) => {
    const now = Math.round(platform.parts.clock.now());
    const silence = decodeSilence(await exchange.json(), exchange.principal.name, now);
    exchange.note({ matchers: silence.matchers.map(matcherText).join(' '), why: silence.why });
    mustChange(exchange, silence);
    const added = await platform.alerts.silences.add(silence, coversAll(exchange.principal));
    answerJson(exchange.response, 200, encodeSilence(added, now));
  };
}

export function deleteSilence({ platform }: Server): Handler {
  return async (exchange) => {
    const silence = platform.alerts.silences.get(exchange.param('id'));
    exchange.note({ matchers: silence.matchers.map(matcherText).join(' ') });
    mustChange(exchange, silence);
    await platform.alerts.silences.end(silence.id);
    answerEmpty(exchange.response, 202);
  };
}

/** What is about no function concerns those only who may see everything. */
function maySee(exchange: Exchange, labels: Labels): boolean {
  const of = functionIn(labels);
  return of === undefined ? coversAll(exchange.principal) : exchange.may(of);
}

/** Whoever is for some functions only can ask for quiet about one of these, by its name. */
function mayChange(exchange: Exchange, { matchers }: Pick<Silence, 'matchers'>): boolean {
  if (coversAll(exchange.principal)) return true;
  return matchers.some(({ label, is, value }) => {
    const of = label === 'function_name' && is === '=' ? parseFullName(value) : undefined;
    return of !== undefined && exchange.may(of);
  });
}

function mustChange(exchange: Exchange, silence: Pick<Silence, 'matchers'>): void {
  if (mayChange(exchange, silence)) return;
  const { name, functions } = exchange.principal;
  throw new WherryError('forbidden', `the token ${name} is for ${functions} only`, {
    component: 'gateway',
    next: 'Name one of its functions: function_name="NAME.NAMESPACE"',
  });
}
