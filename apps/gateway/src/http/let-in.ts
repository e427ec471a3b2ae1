import type { Principal } from '@wherry/core/access';
import { asWherryError } from '@wherry/core/errors';
import type { Gatekeeper } from '@wherry/engine/access/gatekeeper';

/** What says that somebody may not, or not now. */
const refusals: readonly number[] = [401, 403, 429];

/** Does what `who` is let in for and notes that their token was used, unless they are refused on the way after all. */
export async function letIn(
  gatekeeper: Gatekeeper,
  who: Principal,
  act: () => Promise<void> | void,
): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    if (!refusals.includes(asWherryError(thrown, 'gateway').status)) gatekeeper.used(who);
    throw thrown;
  }
  gatekeeper.used(who);
}
