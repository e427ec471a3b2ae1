import { allows, coversAll, type Principal } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import type { FunctionSpec } from '@wherry/core/function';
import { printable } from '@wherry/core/names';
import { deployerMayGive } from '@wherry/core/rules/network-grant';
import type { Policy } from '@wherry/core/rules/policy';

const component = 'deployer';

/**
 * The machine's own network, and what stands in the operator's: those are not a deployer's to give. What the live version has may be had by an
 * earlier one of the same function too (`live`): an admin gave it both times.
 */
export function checkGrants(spec: FunctionSpec, policy: Policy, by: Principal, live?: Policy): void {
  if (allows(by, 'admin') && coversAll(by)) return;
  if (policy.debug !== undefined)
    throw new WherryError(
      'grant_refused',
      'com.wherry.debug opens a port of the machine: it needs the admin scope',
      { component, name: spec.name },
    );
  const asked = spec.annotations?.['com.wherry.network'] ?? spec.labels?.['com.wherry.network'];
  if (asked === undefined || deployerMayGive(policy.network) || policy.network.text === live?.network.text)
    return;
  throw new WherryError(
    'grant_refused',
    `com.wherry.network: ${printable(policy.network.text)} needs the admin scope; a deployer may give internet and functions`,
    { component, name: spec.name },
  );
}

/** Every secret that has to be there: those that instances are given, and the one that requests are signed with. */
export function secretsOf(spec: FunctionSpec, { webhook }: Policy): readonly string[] {
  return [...(spec.secrets ?? []), ...(webhook === undefined ? [] : [webhook.secret])];
}
