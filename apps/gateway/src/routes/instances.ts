import type { Exit } from '@wherry/core/instance';
import { withoutEffect } from '@wherry/core/rules/known-keys';
import type { ActiveFunction } from '@wherry/engine/functions/active-function';
import { unknownFunction } from '@wherry/engine/functions/deployer';
import { decodeExitQuery, encodeEnded } from '@wherry/wire/ended-instances';
import { encodeFunctionState, encodeInstance, type InstanceInput } from '@wherry/wire/function-state';
import { functionNamed, parameter } from '@wherry/wire/queries';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';
import { pageByPage } from '../tables/page-by-page.ts';
import { takePlace } from '../tables/reading-places.ts';
import { reasonOf, statusOf } from './function-status.ts';

const shownExits = 5;
/** Ends of instances that are read at once, each with its last words. */
const pageRows = 500;

/** How one function is, and why: what `wherry describe` shows. */
export function state({ platform }: Server): Handler {
  return async (exchange) => {
    const name = functionNamed(exchange.param('name'), parameter(exchange.query, 'namespace'));
    exchange.about(name);
    const fn = platform.functions.get(name);
    if (fn === undefined) throw unknownFunction(name);
    const reason = reasonOf(fn);
    const exits = await platform.logBook.exits({ target: name, limit: shownExits });
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

/** Instances that are gone: how each ended, how much memory it held at most, its last words. */
export function endedInstances({ platform }: Server): Handler {
  return async (exchange) => {
    const { failed = false, namespace, ...query } = decodeExitQuery(exchange.query);
    if (query.target !== undefined) exchange.about(query.target);
    // Where most may be left out, few are not looked for a few at a time.
    const isPlain = !failed && namespace === undefined;
    const page = { ...query, limit: isPlain ? Math.min(query.limit, pageRows) : pageRows };
    const wanted = ({ deployment, kind }: Exit): boolean =>
      exchange.may(deployment) &&
      (namespace === undefined || deployment.namespace === namespace) &&
      !(failed && kind === 'stopped');
    const visible: Exit[] = [];
    let gone: AbortSignal | undefined;
    for await (const { exits, next: further } of pageByPage((next) =>
      platform.logBook.pageExits(page, next),
    )) {
      visible.push(...exits.filter(wanted));
      if (visible.length >= query.limit || gone?.aborted === true) break;
      if (further !== undefined) gone ??= takePlace(exchange.principal.name, exchange.response);
    }
    answerJson(exchange.response, 200, visible.slice(0, query.limit).map(encodeEnded));
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
