import type { Principal } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { type FunctionName, fullName } from '@wherry/core/names';
import { isWhole } from '@wherry/core/ports/body';
import type { Clock } from '@wherry/core/ports/clock';
import type { SecretStore } from '@wherry/core/ports/secret-store';
import type { WebhookSignatures } from '@wherry/core/ports/webhook-signatures';
import type { WebhookRule } from '@wherry/core/webhook';
import type { Call } from '../invoke/call.ts';
import type { HeldBodies } from '../invoke/gather.ts';
import { Replays } from './replays.ts';

export interface WebhookParts {
  readonly clock: Clock;
  readonly secrets: SecretStore;
  readonly signatures: WebhookSignatures;
  readonly bodies: HeldBodies;
  readonly maxBodyBytes: number;
}

/** Senders of webhooks stay far below; GitHub's are the largest known, at 25 MiB of which it sends few. */
const mostBytes = 10 * 2 ** 20;
const component = 'engine';

/** Lets in whoever signed what it sends. The signature is the credential: it opens the one function, private or not. */
export class WebhookDoor {
  readonly #parts: WebhookParts;
  readonly #replays = new Replays();

  constructor(parts: WebhookParts) {
    this.#parts = parts;
  }

  /** Goes on with the whole body in hand. Throws `signature_refused`, `webhook_unready`, and what a body can do wrong. */
  letIn(call: Call, of: FunctionName, rule: WebhookRule, then: () => Promise<void>): Promise<void> {
    const { bodies, maxBodyBytes } = this.#parts;
    // A conversation has no body that could have been signed.
    if (call.input.upgrade !== undefined) throw refused(of, 'a WebSocket cannot be signed');
    const own = call.fleet?.policy.maxBodyBytes ?? Infinity;
    call.mostBytesIn = Math.min(mostBytes, maxBodyBytes, own);
    return bodies.hold(call, async () => {
      await this.#check(call, of, rule);
      call.principal = principalOf(of);
      await then();
    });
  }

  async #check({ input: { headers, body } }: Call, of: FunctionName, rule: WebhookRule): Promise<void> {
    const { clock, secrets, signatures } = this.#parts;
    if (!isWhole(body)) throw new Error('the body is not whole');
    const secret = await secrets.read({ namespace: of.namespace, name: rule.secret });
    if (secret === undefined)
      throw new WherryError('webhook_unready', `${fullName(of)} has lost the secret of its webhook`, {
        component,
        name: rule.secret,
      });
    const now = clock.now();
    const verdict = signatures.check({ scheme: rule.scheme, secret, headers, body, now });
    if (!verdict.fits) throw refused(of, verdict.why);
    const { replay } = verdict;
    if (replay !== undefined && !this.#replays.first(`${fullName(of)} ${replay.mark}`, replay.until, now))
      throw refused(of, 'this very request was sent before');
  }
}

/** What a signature gives: that function, and nothing else. Known when the call comes back from the queue. */
function principalOf(of: FunctionName): Principal {
  return {
    name: `webhook of ${fullName(of)}`,
    scopes: ['invoke'],
    functions: `${of.namespace}/${of.name}`,
  };
}

function refused(of: FunctionName, why: string): WherryError {
  return new WherryError('signature_refused', `${fullName(of)}: ${why}`, { component, name: of.name });
}
