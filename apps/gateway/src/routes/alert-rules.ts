import { coversAll } from '@wherry/core/access';
import type { AlertRule } from '@wherry/core/alert';
import { decodePresetChange, decodeRule, encodeRule, type AlertTrial } from '@wherry/wire/alert-rules';
import { answerEmpty, answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** All rules; one's own name what they are about, so they are for those only who may see everything. */
export function listAlertRules(server: Server): Handler {
  return ({ response, principal }) => {
    const { rules } = server.platform.alerts;
    const visible = rules.list().filter(({ preset }) => preset || coversAll(principal));
    const told = toldRule(server, coversAll(principal));
    answerJson(response, 200, visible.map(told));
  };
}

export function putAlertRule(server: Server): Handler {
  return async (exchange) => {
    const { rules } = server.platform.alerts;
    const name = exchange.param('name');
    const body = await exchange.json();
    const preset = rules.list().find((rule) => rule.preset && rule.name === name);
    exchange.note({ fields: Object.keys(Object(body)).join(' ') });
    if (preset !== undefined) await rules.change(name, decodePresetChange(preset, body));
    else await rules.put(decodeRule(name, body));
    answerJson(exchange.response, 200, toldRule(server, true)(rules.get(name)));
  };
}

export function deleteAlertRule({ platform }: Server): Handler {
  return async (exchange) => {
    await platform.alerts.rules.remove(exchange.param('name'));
    answerEmpty(exchange.response, 202);
  };
}

export function tryAlertRule({ platform }: Server): Handler {
  return async (exchange) => {
    const { alerts } = platform;
    const name = exchange.param('name');
    const { 'content-length': length = '0', 'transfer-encoding': coding } = exchange.request.headers;
    const sent = length !== '0' || coding !== undefined;
    const rule = sent ? decodeRule(name, await exchange.json()) : alerts.rules.get(name);
    const trials = (await alerts.try(rule)).map(
      (one): AlertTrial => ({ ...one, value: Number.isFinite(one.value) ? one.value : null }),
    );
    answerJson(exchange.response, 200, trials);
  };
}

/** The ids of the deliveries, one for each channel of the rule. */
export function fireAlertRule({ platform }: Server): Handler {
  return async (exchange) => {
    const deliveries = await platform.alerts.fire(exchange.param('name'));
    answerJson(exchange.response, 202, { deliveries });
  };
}

/** A rule with how many of its alerts there are, which only those are told who may see all of them. */
function toldRule({ platform }: Server, everything: boolean): (rule: AlertRule) => object {
  const { alerts } = platform;
  const all = everything ? alerts.list() : [];
  const count = (name: string, state: string): number =>
    all.filter((one) => one.rule === name && one.state === state).length;
  return (rule) =>
    encodeRule(rule, {
      firing: count(rule.name, 'firing'),
      pending: count(rule.name, 'pending'),
      problem: alerts.failing.get(rule.name),
    });
}
