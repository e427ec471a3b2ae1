import { allows, nobody, type Principal } from '@wherry/core/access';
import { isName } from '@wherry/core/names';
import type { Leased } from '@wherry/core/ports/call-queue';
import type { CallInput } from '../invoke/call.ts';

/** Of somebody who was let in, what is needed to be let in again later: to call, and nothing else. */
export function callerOf(principal: Principal | undefined): Principal | undefined {
  if (principal === undefined || !allows(principal, 'invoke')) return undefined;
  return { name: principal.name, scopes: ['invoke'], functions: principal.functions };
}

/** A queued call as it comes to the pipeline. `principalNow`: what the token of a name may do now; undefined where there is none any more. */
export function inputOf(
  { id, item, attempts }: Leased,
  principalNow: (name: string) => Principal | undefined,
): CallInput {
  const { head, body, alias } = item;
  return {
    ...{ trigger: head.trigger, target: head.target, method: head.method, path: head.path },
    ...{ headers: head.headers, body, alias, authorization: undefined, from: head.from },
    ...(head.caller === undefined ? {} : { caller: stillLetIn(head.caller, principalNow) }),
    ...(head.trace === undefined ? {} : { trace: head.trace }),
    ...(head.replayOf === undefined ? {} : { replayOf: head.replayOf }),
    depth: head.depth,
    queued: { id, attempt: attempts },
  };
}

/** A token that was revoked since is worth nothing here either. Functions and the platform itself, whose names are no token's, speak for themselves. */
function stillLetIn(caller: Principal, principalNow: (name: string) => Principal | undefined): Principal {
  return isName(caller.name) ? (callerOf(principalNow(caller.name)) ?? nobody) : caller;
}
