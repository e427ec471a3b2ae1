import { coversAll } from '@wherry/core/access';
import { withoutEffect } from '@wherry/core/rules/known-keys';
import type { ActiveFunction } from '@wherry/engine/functions/active-function';
import { unknownFunction } from '@wherry/engine/functions/deployer';
import {
  decodeExitQuery,
  encodeEnd,
  encodeFunctionState,
  encodeInstance,
  type InstanceInput,
} from '@wherry/wire/function-state';
import { functionNamed, parameter } from '@wherry/wire/queries';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';
import { reasonOf, statusOf } from './function-status.ts';

const shownExits = 5;

/** How one function is, and why: what `wherry describe` shows. */
export function state({ platform }: Server): Handler {
  return async (exchange) => {
    const name = functionNamed(exchange.param('name'), parameter(exchange.query, 'namespace'));
    exchange.about(name);
    const fn = platform.functions.get(name);
    if (fn === undefined) throw unknownFunction(name);
    const reason = reasonOf(fn);
    const exits = await platform.logBook.exits(name, shownExits);
    const { record } = fn;
    answerJson(
      exchange.response,
      200,
      encodeFunctionState({
        record,
        status: statusOf(fn.fleet),
        policy: fn.fleet.policy,
        network: fn.counts.network.told,
        instances: await instancesOf(platform, [fn]),
        exits,
        withoutEffect: withoutEffect(record.active.spec),
        ...(reason === undefined ? {} : { reason }),
        ...(fn.failedDeploy === undefined ? {} : { failedDeploy: fn.failedDeploy }),
      }),
    );
  };
}

export function instances({ platform }: Server): Handler {
  return async (exchange) => {
    const visible = platform.functions.list().filter((fn) => exchange.may(fn));
    answerJson(exchange.response, 200, (await instancesOf(platform, visible)).map(encodeInstance));
  };
}

/** What is looked at for those who see only some functions. */
const mostLookedAt = 1_000;

/** Also of functions that are gone. */
export function exits({ platform }: Server): Handler {
  return async (exchange) => {
    const { target, limit } = decodeExitQuery(exchange.query);
    if (target !== undefined) exchange.about(target);
    const every = coversAll(exchange.principal) || target !== undefined;
    const found = await platform.logBook.exits(target, every ? limit : mostLookedAt);
    const visible = found.filter(({ deployment }) => exchange.may(deployment)).slice(0, limit);
    answerJson(exchange.response, 200, visible.map(encodeEnd));
  };
}

async function instancesOf(
  platform: Server['platform'],
  functions: readonly ActiveFunction[],
): Promise<InstanceInput[]> {
  const members = functions.flatMap((fn) => fn.members);
  const usages = new Map(
    (await platform.parts.provider.usage(members.map(({ id }) => id))).map((usage) => [
      usage.instance,
      usage,
    ]),
  );
  return members.map(({ instance, draining, inFlight }) => {
    const usage = usages.get(instance.id);
    return {
      instance,
      state: draining ? 'draining' : 'ready',
      inFlight,
      ...(usage === undefined ? {} : { usage }),
    };
  });
}
