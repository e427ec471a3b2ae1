import { WherryError } from '@wherry/core/errors';
import { fullName } from '@wherry/core/names';
import { type Alert, decodeAlerts } from '@wherry/wire/alerts';
import { answerEmpty } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** OpenFaaS's scaling by alerts. Every alert is tried; what failed is told together. */
export function alert(server: Server): Handler {
  return async (exchange) => {
    const alerts = decodeAlerts(await exchange.json());
    for (const { target } of alerts) exchange.about(target);
    exchange.note({
      functions: alerts
        .map(({ target, firing }) => `${fullName(target)} ${firing ? 'more' : 'least'}`)
        .join(', '),
    });
    const outcomes = await Promise.allSettled(alerts.map((one) => scale(server, one)));
    const failures = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [String(outcome.reason.message)] : [],
    );
    if (failures.length > 0)
      throw new WherryError('alert_failed', failures.join('; '), { component: 'gateway' });
    answerEmpty(exchange.response, 200);
  };
}

/** Firing: more by a share of the most there may be. Resolved: the least. The same least and most switch it off. */
async function scale({ platform }: Server, { target, firing }: Alert): Promise<void> {
  const fleet = platform.functions.get(target)?.fleet;
  if (fleet === undefined)
    throw new WherryError('function_unknown', `${fullName(target)} is not deployed here`, {
      component: 'gateway',
    });
  const { least, max, scaleFactor } = fleet.policy;
  if (least === max || (fleet.paused && !firing)) return;
  const step = Math.ceil((max / 100) * scaleFactor);
  const wanted = firing ? Math.min(max, Math.max(fleet.wanted, fleet.ready) + step) : least;
  if (wanted !== fleet.wanted) await platform.deployer.scale(target, wanted);
}
