import type { Scope } from '@wherry/core/access';
import type { FunctionName } from '@wherry/core/names';
import type { Platform } from '@wherry/engine/platform';
import type { Exchange } from './exchange.ts';

/** How long somebody may read on whose token is good no more. */
const lookMs = 15_000;

/** Ends an answer that goes on and on once the token that asked for it was revoked or has ended; until then, does `meanwhile` each time it looks. */
export function whileAllowed(
  { request, response }: Exchange,
  { gatekeeper, parts }: Platform,
  { scope, target }: { readonly scope: Scope; readonly target?: FunctionName },
  meanwhile: () => void = () => {},
): void {
  // Whoever went while the first part was read is not looked after any more.
  if (response.closed) return;
  const look = parts.clock.every(lookMs, () => {
    try {
      gatekeeper.used(gatekeeper.require(request.headers.authorization, scope, target));
      meanwhile();
    } catch {
      response.end();
    }
  });
  response.once('close', look);
}
