import type { FunctionName } from '@wherry/core/names';
import type { ActiveFunction } from '@wherry/engine/functions/active-function';
import { unknownFunction } from '@wherry/engine/functions/deployer';
import type { Rollout } from '@wherry/engine/functions/rollout';
import { functionNamed, parameter } from '@wherry/wire/queries';
import { decodeAlias, decodeCanary, decodeRollback } from '@wherry/wire/version-requests';
import { encodeAliases, encodeVersions, type VersionNow } from '@wherry/wire/versions';
import type { Exchange } from '../http/exchange.ts';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';
import { trafficChange } from './audited-change.ts';
import { statusOf } from './function-status.ts';

export function listVersions(server: Server): Handler {
  return (exchange) => answerVersions(server, exchange, asked(exchange));
}

export function listAliases({ platform }: Server): Handler {
  return (exchange) => {
    const name = asked(exchange);
    const fn = platform.functions.get(name);
    if (fn === undefined) throw unknownFunction(name);
    answerJson(exchange.response, 200, encodeAliases(fn.record));
  };
}

export function rollback(server: Server): Handler {
  return changing(server, async (rollout, name, exchange) =>
    rollout.rollback(name, exchange.principal, decodeRollback(await bodyOf(exchange))),
  );
}

export function shareCanary(server: Server): Handler {
  return changing(server, async (rollout, name, exchange) =>
    rollout.share(name, decodeCanary(await exchange.json())),
  );
}

export function promote(server: Server): Handler {
  return changing(server, (rollout, name, { principal }) => rollout.promote(name, principal));
}

export function abort(server: Server): Handler {
  return changing(server, (rollout, name) => rollout.abort(name));
}

export function setAlias(server: Server): Handler {
  return changing(server, async (rollout, name, exchange) =>
    rollout.setAlias(name, decodeAlias(exchange.param('alias'), await exchange.json())),
  );
}

export function removeAlias(server: Server): Handler {
  return changing(server, (rollout, name, exchange) => rollout.removeAlias(name, exchange.param('alias')));
}

type Change = (rollout: Rollout, name: FunctionName, exchange: Exchange) => Promise<void>;

/** Every change answers with what there is after it. */
function changing(server: Server, change: Change): Handler {
  return async (exchange) => {
    const name = asked(exchange);
    const before = server.platform.functions.get(name)?.record;
    const alias = exchange.params['alias'];
    if (alias !== undefined) exchange.note({ alias });
    await change(server.platform.rollout, name, exchange);
    exchange.note(trafficChange(before, server.platform.functions.get(name)?.record));
    answerVersions(server, exchange, name);
  };
}

function asked(exchange: Exchange): FunctionName {
  const name = functionNamed(exchange.param('name'), parameter(exchange.query, 'namespace'));
  exchange.about(name);
  return name;
}

/** Whoever asks for the usual need send nothing. */
async function bodyOf(exchange: Exchange): Promise<unknown> {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = exchange.request.headers;
  return length === '0' && encoding === undefined ? {} : exchange.json();
}

function answerVersions({ platform }: Server, exchange: Exchange, name: FunctionName): void {
  const fn = platform.functions.get(name);
  if (fn === undefined) throw unknownFunction(name);
  const { record, failedDeploy } = fn;
  const now = nowOf(platform, fn);
  const list = failedDeploy === undefined ? { record, now } : { record, now, failedDeploy };
  answerJson(exchange.response, 200, encodeVersions(list));
}

/** A version without a fleet was not called since the gateway started. */
function nowOf({ deployer }: Server['platform'], { namespace, name }: ActiveFunction) {
  return (version: number): VersionNow => {
    const fleet = deployer.fleetOf({ namespace, name, version });
    if (fleet === undefined) return { status: 'asleep', instances: 0, calls: 0, failures: 0, totalMs: 0 };
    const { calls, failures, totalMs } = fleet.counts;
    return { status: statusOf(fleet), instances: fleet.members.length, calls, failures, totalMs };
  };
}
