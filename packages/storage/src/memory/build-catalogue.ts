import type { NamedPackage } from '@wherry/core/build';
import type { Digest } from '@wherry/core/packages';
import type { BuildCatalogue, BuildResult } from '@wherry/core/ports/build-catalogue';
import { byPlace, isOf, outdated } from '../build-rules.ts';

/** Results of builds and names of packages that end with the process. */
export class MemoryBuildCatalogue implements BuildCatalogue {
  readonly #results = new Map<string, BuildResult>();
  readonly #images = new Map<string, NamedPackage>();

  async result(key: string): Promise<BuildResult | undefined> {
    return this.#results.get(key);
  }

  async keep(result: BuildResult): Promise<void> {
    this.#results.set(result.key, { ...result });
    for (const { key } of outdated([...this.#results.values()], result.of)) this.#results.delete(key);
  }

  async named(namespace: string, reference: string): Promise<NamedPackage | undefined> {
    return this.#images.get(keyFor(namespace, reference));
  }

  async list(): Promise<readonly NamedPackage[]> {
    return [...this.#images.values()].sort(byPlace);
  }

  async name(named: NamedPackage): Promise<void> {
    this.#images.set(keyFor(named.namespace, named.reference), { ...named });
  }

  async unname(namespace: string, reference: string): Promise<boolean> {
    return this.#images.delete(keyFor(namespace, reference));
  }

  async forget(namespace: string): Promise<void> {
    for (const [key, image] of this.#images) if (image.namespace === namespace) this.#images.delete(key);
    for (const [key, { of }] of this.#results) if (isOf(of, namespace)) this.#results.delete(key);
  }

  async used(): Promise<readonly Digest[]> {
    return [...this.#results.values(), ...this.#images.values()].map(({ digest }) => digest);
  }
}

function keyFor(namespace: string, reference: string): string {
  return JSON.stringify([namespace, reference]);
}
