// What the writer writes: the same steps for the same seed, so that the checker knows what must be there after each of them.
import type { TokenRecord } from '@wherry/core/access';
import type { FunctionRecord } from '@wherry/core/function';
import { sampleFunction, sampleId, sampleItem } from '@wherry/testkit/samples';
import { seeded } from '@wherry/testkit/seeded';

export type Step =
  | { readonly kind: 'function'; readonly record: FunctionRecord }
  | { readonly kind: 'function removed'; readonly name: string; readonly revision: number }
  | { readonly kind: 'version' }
  | { readonly kind: 'token'; readonly token: TokenRecord }
  | { readonly kind: 'token removed'; readonly name: string }
  | { readonly kind: 'secret'; readonly name: string; readonly value: string }
  | { readonly kind: 'secret removed'; readonly name: string }
  | { readonly kind: 'enqueued'; readonly first: number; readonly bodies: readonly string[] }
  | { readonly kind: 'leased' }
  | { readonly kind: 'settled'; readonly n: number; readonly to: 'done' | 'dead' };

export const namespace = 'openfaas-fn';
export const counter = { namespace, name: 'counter' };

const { lane, due } = sampleItem(0);
/** Everything in the queue is due, and nothing expires. */
export const queued = {
  now: due,
  end: due + 3_600_000,
  wish: (most: number) => [{ lane, most }],
};

type QueueState = 'waiting' | 'running' | 'done' | 'dead';

/** What is kept after some steps. */
export class Kept {
  /** By number: where a step was refused there are gaps. */
  readonly #queue = new Map<number, { state: QueueState; readonly body: string }>();
  readonly #functions = new Map<string, FunctionRecord>();
  readonly #tokens = new Map<string, TokenRecord>();
  readonly #secrets = new Map<string, string>();
  #version = 0;

  take(step: Step): void {
    if (step.kind === 'function') this.#functions.set(step.record.name, step.record);
    else if (step.kind === 'function removed') this.#functions.delete(step.name);
    else if (step.kind === 'version') this.#version += 1;
    else if (step.kind === 'token') this.#tokens.set(step.token.name, step.token);
    else if (step.kind === 'token removed') this.#tokens.delete(step.name);
    else if (step.kind === 'secret') this.#secrets.set(step.name, step.value);
    else if (step.kind === 'secret removed') this.#secrets.delete(step.name);
    else if (step.kind === 'enqueued')
      for (const [i, body] of step.bodies.entries())
        this.#queue.set(step.first + i, { state: 'waiting', body });
    else if (step.kind === 'settled') {
      const item = this.#queue.get(step.n);
      if (item?.state === 'running') item.state = step.to;
    } else {
      const next = this.#queue.get(this.first('waiting'));
      if (next !== undefined) next.state = 'running';
    }
  }

  /** How many items there ever were. */
  get enqueued(): number {
    return this.#queue.size;
  }

  /** The first item in this state; -1 where there is none. */
  first(state: QueueState): number {
    for (const [n, item] of this.#queue) if (item.state === state) return n;
    return -1;
  }

  revision(name: string): number {
    return this.#functions.get(name)?.revision ?? 0;
  }

  has(kind: 'function' | 'token' | 'secret', name: string): boolean {
    const all = { function: this.#functions, token: this.#tokens, secret: this.#secrets };
    return all[kind].has(name);
  }

  get text(): string {
    return stateText(
      [...this.#functions.values()],
      [...this.#tokens.values()],
      [...this.#secrets],
      [...this.#queue].map(([n, { state, body }]) => [
        sampleId(n),
        state,
        state === 'waiting' ? 0 : 1,
        state === 'waiting' ? body : state === 'done' ? `result ${n}` : '',
      ]),
      this.#version,
    );
  }
}

/** Everything that is kept as one text, the same whatever order it was found in. */
export function stateText(
  functions: readonly FunctionRecord[],
  tokens: readonly TokenRecord[],
  secrets: readonly (readonly [string, string])[],
  queue: readonly unknown[],
  version: number,
): string {
  const sorted = (parts: readonly unknown[]) => parts.map((part) => JSON.stringify(part)).sort();
  return JSON.stringify([sorted(functions), sorted(tokens), sorted(secrets), sorted(queue), version]);
}

/** Names are few, so that what is there is replaced and removed as often as it is added. */
export function script(seed: number, count: number): readonly Step[] {
  const random = seeded(seed);
  const whole = (end: number) => Math.floor(random() * end);
  const kept = new Kept();
  return Array.from({ length: count }, (_, n) => {
    const name = `n${whole(6)}`;
    const step = stepFor(whole(16), n, name, kept, whole);
    kept.take(step);
    return step;
  });
}

function stepFor(dice: number, n: number, name: string, kept: Kept, whole: (end: number) => number): Step {
  if (dice === 0 && kept.has('function', name))
    return { kind: 'function removed', name, revision: kept.revision(name) };
  if (dice === 1) return { kind: 'version' };
  if (dice === 2 && kept.has('token', name)) return { kind: 'token removed', name };
  if (dice === 3 && kept.has('secret', name)) return { kind: 'secret removed', name };
  if (dice <= 4) {
    const token = {
      name,
      hash: `${n}`.padStart(64, '0'),
      scopes: ['read'],
      functions: '*',
      createdAt: n,
    } as const;
    return { kind: 'token', token };
  }
  if (dice <= 6) return { kind: 'secret', name, value: `${n} ${'s'.repeat(whole(2000))}` };
  if (dice >= 12) {
    const bodies = Array.from(
      { length: 1 + whole(3) },
      () => `${n} ${'b'.repeat(whole(4) === 0 ? whole(9000) : whole(300))}`,
    );
    return { kind: 'enqueued', first: kept.enqueued, bodies };
  }
  if (dice >= 10 && kept.first('running') >= 0)
    return { kind: 'settled', n: kept.first('running'), to: whole(3) === 0 ? 'dead' : 'done' };
  if (dice >= 8 && kept.first('waiting') >= 0) return { kind: 'leased' };
  // Large ones fill several pages: a torn write shows between them.
  const env = { N: String(n), TEXT: 'x'.repeat(whole(4) === 0 ? whole(20_000) : whole(500)) };
  return { kind: 'function', record: sampleFunction(name, kept.revision(name) + 1, { env }) };
}
