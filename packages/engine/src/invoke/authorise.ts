import { allows, nobody } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { fullName } from '@wherry/core/names';
import type { InvokeParts } from './stages.ts';
import type { Stage } from './pipeline.ts';

/** Who may call. Also recognises the platform's own credentials, so that they never reach a function. */
export function authorise({ gatekeeper }: Pick<InvokeParts, 'gatekeeper'>): Stage {
  return (call, next) => {
    const fn = call.function;
    if (fn === undefined) throw new Error('authorise comes after address');
    const { authorization } = call.input;
    if (authorization !== undefined) {
      call.principal = gatekeeper.principal(authorization);
      call.ownCredentials = call.principal !== undefined;
    }
    if (!gatekeeper.isPublic(fn.fleet.policy.visibility) && !allows(call.principal ?? nobody, 'invoke', fn)) {
      const name = fullName(fn);
      throw call.principal === undefined
        ? new WherryError('private_function', `${name} answers only to those who hold a token for it`, {
            component: 'engine',
            name,
          })
        : new WherryError(
            'forbidden',
            `the token ${call.principal.name} lacks the scope invoke for ${name}`,
            { component: 'engine' },
          );
    }
    return next(call);
  };
}
