import { allows } from '@wherry/core/access';
import type { ActiveFunction } from '@wherry/engine/functions/active-function';
import { unknownFunction } from '@wherry/engine/functions/deployer';
import { decodeDeployment } from '@wherry/wire/deployment';
import { decodeDelete, decodeScale } from '@wherry/wire/function-requests';
import { encodeFunctionStatus, type FunctionUsage } from '@wherry/wire/function-status';
import { functionNamed, namespaceOf, parameter, wantsUsage } from '@wherry/wire/queries';
import { encodeRemoved, removedHeader } from '@wherry/wire/removed-settings';
import { decodeTrial } from '@wherry/wire/version-requests';
import { answerEmpty, answerJson } from '../http/json-answer.ts';
import { changesOf, deployChange } from './audited-change.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';
import { reasonOf, statusOf } from './function-status.ts';

/** POST and PUT: OpenFaaS clients send PUT first and POST after its 404; a POST of what exists is a new version. */
export function deploy({ platform }: Server, options: { mustExist: boolean }): Handler {
  return async (exchange) => {
    const spec = decodeDeployment(await exchange.json(), exchange.query);
    exchange.about(spec);
    const canary = decodeTrial(exchange.query);
    const trial = canary === undefined ? options : { ...options, canary };
    const before = platform.functions.get(spec)?.record;
    exchange.note({ image: spec.image });
    await platform.deployer.deploy(spec, exchange.principal, trial);
    const after = platform.functions.get(spec)?.record;
    exchange.note(deployChange(before, after));
    // What was there before is told to those alone who may read it.
    const reads = allows(exchange.principal, 'read', spec);
    const gone = reads ? encodeRemoved(changesOf(before, after)) : undefined;
    if (gone !== undefined) exchange.response.setHeader(removedHeader, gone);
    answerEmpty(exchange.response, 202);
  };
}

export function remove({ platform }: Server): Handler {
  return async (exchange) => {
    const name = decodeDelete(await exchange.json(), exchange.query);
    exchange.about(name);
    await platform.deployer.remove(name);
    answerEmpty(exchange.response, 202);
  };
}

export function scale({ platform }: Server): Handler {
  return async (exchange) => {
    const { target, replicas } = decodeScale(exchange.param('name'), await exchange.json(), exchange.query);
    exchange.about(target);
    exchange.note({ instances: `${platform.functions.get(target)?.fleet.wanted ?? 0} → ${replicas}` });
    await platform.deployer.scale(target, replicas);
    answerEmpty(exchange.response, 202);
  };
}

export function list({ platform }: Server): Handler {
  return (exchange) => {
    const namespace = namespaceOf(exchange.query);
    platform.namespaces.check(namespace);
    const visible = platform.functions.list(namespace).filter((fn) => exchange.may(fn));
    answerJson(
      exchange.response,
      200,
      visible.map((fn) => encodeFunctionStatus({ ...common(fn), invocationCount: fn.counts.invocations })),
    );
  };
}

export function one({ platform }: Server): Handler {
  return async (exchange) => {
    const name = functionNamed(exchange.param('name'), parameter(exchange.query, 'namespace'));
    exchange.about(name);
    const fn = platform.functions.get(name);
    if (fn === undefined) throw unknownFunction(name);
    const usage = wantsUsage(exchange.query) ? await usageOf(platform, fn) : undefined;
    const counted = { ...common(fn), invocationCount: fn.counts.invocations };
    answerJson(
      exchange.response,
      200,
      encodeFunctionStatus(usage === undefined ? counted : { ...counted, usage }),
    );
  };
}

function common(fn: ActiveFunction) {
  const { record, replicas, availableReplicas } = fn;
  const reason = reasonOf(fn);
  return {
    ...{ record, replicas, availableReplicas, status: statusOf(fn.fleet) },
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Processor use is measured over a short while, memory now. */
async function usageOf(platform: Server['platform'], fn: ActiveFunction): Promise<FunctionUsage> {
  const ids = fn.members.map(({ id }) => id);
  const { clock, provider } = platform.parts;
  const [before, from] = [await provider.usage(ids), clock.monotonic()];
  if (ids.length > 0) await new Promise<void>((resolve) => clock.after(measureMs, resolve));
  const after = await provider.usage(ids);
  const elapsed = Math.max(1, clock.monotonic() - from);
  const sum = (values: readonly (number | undefined)[]): number =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  const cpuMs = sum(after.map(({ cpuMs }) => cpuMs)) - sum(before.map(({ cpuMs }) => cpuMs));
  return {
    cpu: Math.max(0, (cpuMs / elapsed) * 1000),
    totalMemoryBytes: sum(after.map(({ memoryBytes }) => memoryBytes)),
  };
}

const measureMs = 50;
