import type { Capture } from '@wherry/core/capture';
import { type FunctionName, fullName } from '@wherry/core/names';
import type { Captures } from '@wherry/core/ports/captures';
import { keepNewest } from './keep-newest.ts';

/** Calls with their bodies that end with the process. */
export class MemoryCaptures implements Captures {
  #captures: Capture[] = [];

  async append(captures: readonly Capture[]): Promise<void> {
    this.#captures.push(...structuredClone(captures));
  }

  async which(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = this.#captures.filter(({ id }) => ids.includes(id));
    return new Set(found.map(({ id }) => id));
  }

  async read(id: string): Promise<Capture | undefined> {
    return structuredClone(this.#captures.findLast((one) => one.id === id));
  }

  async owners(): Promise<readonly FunctionName[]> {
    const owners = this.#captures.map(({ deployment: { namespace, name } }) => ({ namespace, name }));
    return [...new Map(owners.map((owner) => [fullName(owner), owner])).values()];
  }

  async forget(of: FunctionName): Promise<number> {
    return this.#keep(this.#captures.filter(({ deployment }) => fullName(deployment) !== fullName(of)));
  }

  async prune(before: number, maxBytes: number): Promise<number> {
    const weigh = ({ request, answer }: Capture): number =>
      1024 + request.body.kept.length + answer.body.kept.length;
    return this.#keep(keepNewest(this.#captures, ({ at }) => at >= before, weigh, maxBytes));
  }

  #keep(kept: Capture[]): number {
    const gone = this.#captures.length - kept.length;
    this.#captures = kept;
    return gone;
  }
}
