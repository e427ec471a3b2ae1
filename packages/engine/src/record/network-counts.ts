import type { Contact } from '@wherry/core/contact';

/** One target that was refused, as often as it was. */
export interface Refusal {
  readonly target: string;
  readonly times: number;
  readonly at: number;
  readonly why: string;
  readonly line?: string;
}

const rememberedTargets = 20;

/** What one function did on the network. A hostile one may name as many targets as it likes: the latest are kept. */
export class NetworkCounts {
  connected = 0;
  refused = 0;
  failed = 0;
  /** Oldest first. */
  readonly #refusals = new Map<string, Refusal>();

  note({ outcome, target, at, why = '', line }: Contact): void {
    this[outcome] += 1;
    if (outcome !== 'refused') return;
    const times = (this.#refusals.get(target)?.times ?? 0) + 1;
    this.#refusals.delete(target);
    this.#refusals.set(target, { target, times, at, why, ...(line === undefined ? {} : { line }) });
    if (this.#refusals.size <= rememberedTargets) return;
    const [oldest] = this.#refusals.keys();
    if (oldest !== undefined) this.#refusals.delete(oldest);
  }

  get told() {
    const { connected, refused, failed } = this;
    return { connected, refused, failed, refusals: [...this.#refusals.values()].reverse() };
  }
}
