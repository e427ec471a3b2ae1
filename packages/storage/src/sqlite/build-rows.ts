import type { NamedPackage } from '@wherry/core/build';
import type { BuildResult } from '@wherry/core/ports/build-catalogue';
import type { Digest } from '@wherry/core/packages';
import { byPlace, isOf, outdated } from '../build-rules.ts';
import type { DatabaseFile } from './database-file.ts';
import { type Damage, SealedRows } from './sealed-rows.ts';

/** Results of builds and names of packages, in the database's thread. */
export class BuildRows {
  readonly #results: SealedRows<BuildResult>;
  readonly #images: SealedRows<NamedPackage>;

  constructor(file: DatabaseFile, at: number, report: (damage: Damage) => void) {
    this.#results = new SealedRows(file, 'builds', at, report);
    this.#images = new SealedRows(file, 'images', at, report);
  }

  result(key: string): BuildResult | undefined {
    return this.#results.get(key);
  }

  keep(result: BuildResult): void {
    this.#results.write(result.key, result);
    for (const { key } of outdated(this.#results.values(), result.of)) this.#results.remove(key);
  }

  named(namespace: string, reference: string): NamedPackage | undefined {
    return this.#images.get(keyFor(namespace, reference));
  }

  list(): readonly NamedPackage[] {
    return this.#images.values().sort(byPlace);
  }

  name(named: NamedPackage): void {
    this.#images.write(keyFor(named.namespace, named.reference), named);
  }

  unname(namespace: string, reference: string): boolean {
    return this.#images.remove(keyFor(namespace, reference));
  }

  forget(namespace: string): void {
    for (const image of this.#images.values())
      if (image.namespace === namespace) this.#images.remove(keyFor(namespace, image.reference));
    for (const { key, of } of this.#results.values()) if (isOf(of, namespace)) this.#results.remove(key);
  }

  used(): readonly Digest[] {
    return [...this.#results.values(), ...this.#images.values()].map(({ digest }) => digest);
  }
}

function keyFor(namespace: string, reference: string): string {
  return JSON.stringify([namespace, reference]);
}
