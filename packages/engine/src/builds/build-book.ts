import { WherryError } from '@wherry/core/errors';
import type { BuildOrder, Built, NamedPackage } from '@wherry/core/build';
import { fullName, printable } from '@wherry/core/names';
import type { Digest } from '@wherry/core/packages';
import type { BuildCatalogue } from '@wherry/core/ports/build-catalogue';
import type { Builder, Source } from '@wherry/core/ports/builder';
import type { Clock } from '@wherry/core/ports/clock';
import type { PackageStore, StoredPackage } from '@wherry/core/ports/package-store';
import type { NamespaceBook } from '../namespaces/namespace-book.ts';

export interface BuildBookParts {
  readonly builder: Builder;
  readonly catalogue: BuildCatalogue;
  readonly packages: PackageStore;
  readonly namespaces: NamespaceBook;
  readonly clock: Clock;
  /** Builds at once; the others wait in line. */
  readonly atOnce: number;
}

const component = 'builds';
/** In line, for each that runs. More would wait longer than anybody does. */
const mostWaiting = 50;
/** An image reference: what a registry would take, within reason. */
const referencePattern = /^[a-z0-9][a-zA-Z0-9._:/@+-]{0,254}$/;

/** Builds packages, remembers what was built, and knows which names of images stand for packages. */
export class BuildBook {
  readonly #parts: BuildBookParts;
  readonly #line: (() => void)[] = [];
  #running = 0;

  constructor(parts: BuildBookParts) {
    this.#parts = parts;
  }

  /**
   * Builds what was uploaded, unless the same was built before. `told` gets a line for every step and what its tools say. Throws
   * what `Builder` throws, and `package_unknown`.
   */
  async build(order: BuildOrder, told: (line: string) => void, signal: AbortSignal): Promise<Built> {
    const { builder, catalogue, packages, namespaces, clock } = this.#parts;
    namespaces.check(order.namespace);
    if (order.reference !== undefined) checkReference(order.reference);
    const stored = await packages.get(order.source);
    if (stored === undefined)
      throw new WherryError('package_unknown', `package ${order.source.slice(0, 12)} is not here`, {
        component,
      });
    const { namespace, args, secrets } = order;
    const source: Source = { stored, namespace, args, ...(secrets === undefined ? {} : { secrets }) };
    const key = await builder.keyOf(source);
    if (key === undefined) return this.#named(order, stored, 'as-is');
    const known = order.fresh ? undefined : await this.#known(key);
    if (known !== undefined) return this.#named(order, known, 'known');
    const leave = await this.#enter(told, signal);
    try {
      const built = await builder.build(source, told, signal);
      await catalogue.keep({ key, of: fullName(order), digest: built.digest, at: clock.now() });
      return await this.#named(order, built, 'built');
    } finally {
      leave();
    }
  }

  /** The package that an image's name stands for in a namespace: the namespace's own meaning goes before everybody's. */
  async packageOf(namespace: string, reference: string): Promise<Digest | undefined> {
    const { catalogue } = this.#parts;
    const named = (await catalogue.named(namespace, reference)) ?? (await catalogue.named('', reference));
    return named?.digest;
  }

  /** Gives a name a package that is here. */
  async name(namespace: string, reference: string, digest: Digest): Promise<NamedPackage> {
    checkReference(reference);
    const { catalogue, packages, clock } = this.#parts;
    if ((await packages.get(digest)) === undefined)
      throw new WherryError('package_unknown', `package ${digest.slice(0, 12)} is not here`, { component });
    const named = { namespace, reference, digest, at: clock.now() };
    await catalogue.name(named);
    return named;
  }

  async unname(namespace: string, reference: string): Promise<void> {
    if (await this.#parts.catalogue.unname(namespace, reference)) return;
    throw new WherryError('image_unknown', `${printable(reference)} is no name of a package here`, {
      component,
    });
  }

  list(): Promise<readonly NamedPackage[]> {
    return this.#parts.catalogue.list();
  }

  used(): Promise<readonly Digest[]> {
    return this.#parts.catalogue.used();
  }

  /** What was built with this key, if it is still here. */
  async #known(key: string): Promise<StoredPackage | undefined> {
    const result = await this.#parts.catalogue.result(key);
    return result === undefined ? undefined : this.#parts.packages.get(result.digest);
  }

  async #named(order: BuildOrder, { digest, manifest }: StoredPackage, how: Built['how']): Promise<Built> {
    if (order.reference !== undefined)
      await this.name(order.everywhere === true ? '' : order.namespace, order.reference, digest);
    return { digest, manifest, how };
  }

  /** Waits for a place. */
  async #enter(told: (line: string) => void, signal: AbortSignal): Promise<() => void> {
    const { atOnce } = this.#parts;
    if (this.#running >= atOnce) {
      if (this.#line.length >= mostWaiting)
        throw new WherryError('build_busy', `${this.#line.length} builds wait already`, {
          component,
          retryAfterS: 30,
        });
      told(`Waiting: ${this.#line.length + this.#running} other builds come first`);
      await new Promise<void>((resolve) => {
        this.#line.push(resolve);
        const give = (): void => {
          const at = this.#line.indexOf(resolve);
          if (at >= 0) this.#line.splice(at, 1);
          resolve();
        };
        signal.addEventListener('abort', give, { once: true });
      });
      signal.throwIfAborted();
    }
    this.#running += 1;
    return () => {
      this.#running -= 1;
      this.#line.shift()?.();
    };
  }
}

function checkReference(reference: string): void {
  if (!referencePattern.test(reference))
    throw new WherryError('bad_value', `image: ${printable(reference)} is no reference of an image`, {
      component,
    });
}
