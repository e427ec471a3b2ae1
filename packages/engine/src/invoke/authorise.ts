import { allows, nobody, type Principal } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { keyText } from '@wherry/core/function';
import { type FunctionName, fullName, printable } from '@wherry/core/names';
import type { Networks } from '@wherry/core/rules/networks';
import type { Fleet } from '../fleet/fleet.ts';
import type { Call } from './call.ts';
import type { InvokeParts } from './stages.ts';
import type { Stage } from './pipeline.ts';

/** Who may call, and from where. Also recognises the platform's own credentials, so that they never reach a function. */
export function authorise({ gatekeeper, webhooks }: Pick<InvokeParts, 'gatekeeper' | 'webhooks'>): Stage {
  return (call, next) => {
    const fn = call.function;
    if (fn === undefined) throw new Error('authorise comes after address');
    fromHere(call, fullName(fn), fn.fleet.policy.allowFrom);
    const { authorization } = call.input;
    if (authorization !== undefined) {
      call.principal = gatekeeper.principal(authorization);
      call.ownCredentials = call.principal !== undefined;
    }
    call.principal = speaker(call.principal, call.input.caller, fn);
    // What nobody is led to may be old for a reason: it is public only where all who can reach the gateway are at home.
    const open = call.fleet?.led === true || gatekeeper.versionsArePublic;
    const isPublic = open && gatekeeper.isPublic(fn.fleet.policy.visibility);
    const { webhook } = fn.fleet.policy;
    const allowed = allows(call.principal ?? nobody, 'invoke', fn);
    if (allowed && call.principal !== call.input.caller) call.token = call.principal;
    if (webhook !== undefined && open && !allowed) return webhooks.letIn(call, fn, webhook, () => next(call));
    if (!isPublic && !allowed) {
      const name = fullName(fn);
      throw call.principal === undefined
        ? new WherryError(
            'private_function',
            `${open ? name : keyText((call.fleet as Fleet).key)} answers only to those who hold a token for it`,
            {
              component: 'engine',
              name,
            },
          )
        : new WherryError(
            'forbidden',
            `${call.principal === call.input.caller ? '' : 'the token '}${call.principal.name} lacks the scope invoke for ${name}`,
            { component: 'engine' },
          );
    }
    return next(call);
  };
}

/** A function that passes on a token for something else may still do what it may by itself. */
function speaker(
  token: Principal | undefined,
  caller: Principal | undefined,
  fn: FunctionName,
): Principal | undefined {
  if (caller === undefined || (token !== undefined && allows(token, 'invoke', fn))) return token;
  return allows(caller, 'invoke', fn) ? caller : (token ?? caller);
}

/** Throws `address_refused`: no token helps where the address is not let in. */
function fromHere(call: Call, name: string, allowed: Networks | undefined): void {
  if (allowed === undefined) return;
  // Schedules and events come from ourselves.
  const { trigger } = call.input;
  if (trigger !== 'http' && trigger !== 'async') return;
  if (allowed.has(call.client)) return;
  throw new WherryError('address_refused', `${name} is not for ${printable(call.client)}`, {
    component: 'engine',
    next: 'Call from one of the networks in its annotation com.wherry.allow-from.',
  });
}
