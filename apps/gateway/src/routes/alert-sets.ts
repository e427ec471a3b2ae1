import { decodeAlertSet } from '@wherry/wire/alert-sets';
import { answerEmpty } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** Rules and channels of a file, all of them or none. */
export function putAlertSet({ platform: { alerts } }: Server): Handler {
  return async (exchange) => {
    const set = decodeAlertSet(await exchange.json(), alerts.rules.presets());
    exchange.note({
      rules: [...set.rules.map(({ name }) => name), ...set.changes.keys()].join(' '),
      channels: set.channels.map(({ channel }) => channel.name).join(' '),
    });
    await alerts.put(set);
    answerEmpty(exchange.response, 202);
  };
}

export function tryAlertSet({ platform: { alerts } }: Server): Handler {
  return async (exchange) => {
    await alerts.check(decodeAlertSet(await exchange.json(), alerts.rules.presets()));
    answerEmpty(exchange.response, 202);
  };
}
