import type { IncomingMessage, ServerResponse } from 'node:http';
import { WherryError } from '@wherry/core/errors';

/** Balancers go on asking for these; they are answered to the end, and /readyz knows what to say. */
const probes: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz']);

/** How far the gateway is on its way out, as its callers see it. */
export class Departure {
  #stage: 'staying' | 'leaving' | 'closed' = 'staying';

  /** Calls are still answered; each connection ends with its next answer, so that none is left waiting when it comes to the end. */
  leave(): void {
    if (this.#stage === 'staying') this.#stage = 'leaving';
  }

  /** Nothing new begins; what is under way goes on. */
  close(): void {
    this.#stage = 'closed';
  }

  /** Throws `stopping` where this request comes too late; a conversation has no response. */
  admit(request: IncomingMessage, response?: ServerResponse): void {
    if (this.#stage === 'staying') return;
    if (response !== undefined) response.shouldKeepAlive = false;
    if (this.#stage === 'closed' && !probes.has(request.url))
      throw new WherryError('stopping', 'calls under way are finishing', { component: 'gateway' });
  }
}
