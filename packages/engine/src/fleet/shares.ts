import { type Quota, quotaKeys } from '@wherry/core/rules/quota';

/** What one namespace holds. */
interface Share {
  instances: number;
  bytes: number;
}

/** What the instances of each namespace hold, against what its quota allows. */
export class Shares {
  readonly #quotaOf: (namespace: string) => Quota;
  readonly #shares = new Map<string, Share>();

  constructor(quotaOf: (namespace: string) => Quota) {
    this.#quotaOf = quotaOf;
  }

  /** Why one more instance of this size is too much, in words; undefined where it is not. */
  obstacle(namespace: string, bytes: number): string | undefined {
    const { instances = Infinity, memoryBytes = Infinity } = this.#quotaOf(namespace);
    const held = this.#shares.get(namespace) ?? { instances: 0, bytes: 0 };
    if (held.instances + 1 > instances)
      return `namespace ${namespace} runs ${held.instances} of the ${instances} instances it may (${quotaKeys.instances})`;
    if (held.bytes + bytes <= memoryBytes) return undefined;
    const [used, allowed] = [held.bytes, memoryBytes].map((value) => `${Math.round(value / 2 ** 20)} MiB`);
    return `namespace ${namespace} holds ${used} of the ${allowed} it may (${quotaKeys.memory})`;
  }

  take(namespace: string, bytes: number): void {
    const share = this.#shares.get(namespace) ?? { instances: 0, bytes: 0 };
    this.#shares.set(namespace, { instances: share.instances + 1, bytes: share.bytes + bytes });
  }

  give(namespace: string, bytes: number): void {
    const share = this.#shares.get(namespace);
    if (share === undefined) return;
    if (share.instances === 1) this.#shares.delete(namespace);
    else this.#shares.set(namespace, { instances: share.instances - 1, bytes: share.bytes - bytes });
  }
}
