import { WherryError } from '@wherry/core/errors';
import { bundledImage } from '@wherry/core/bundled-images';
import type { BuildOrder, Built, NamedPackage } from '@wherry/core/build';
import { fullName, printable } from '@wherry/core/names';
import { type Digest, packageDigest } from '@wherry/core/packages';
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
/** In line, of one namespace and of all. More would wait longer than anybody does. */
const mostWaitingEach = 10;
const mostWaiting = 100;
/** An image reference: what a registry would take, within reason. */
const referencePattern = /^[a-z0-9][a-zA-Z0-9._:/@+-]{0,254}$/;

/** Builds packages, remembers what was built, and knows which names of images stand for packages. */
export class BuildBook {
  readonly #parts: BuildBookParts;
  readonly #line: Waiter[] = [];
  /** Builds that run, by namespace. */
  readonly #running = new Map<string, number>();

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
    const { namespace, name, args, secrets } = order;
    const source: Source = { stored, namespace, name, args, ...(secrets === undefined ? {} : { secrets }) };
    const key = await builder.keyOf(source);
    if (key === undefined) return this.#named(order, stored, 'as-is');
    // What is made with a secret is nobody else's, and not known again: the secret may have decided.
    const secret = secrets !== undefined && secrets.size > 0;
    const known = order.fresh || secret ? undefined : await this.#known(key);
    if (known !== undefined) return this.#named(order, known, 'known');
    const leave = await this.#enter(namespace, told, signal);
    try {
      const built = await builder.build(source, told, signal);
      // It may have been removed in between, and another of its name must not find this.
      namespaces.check(namespace);
      if (!secret) await catalogue.keep({ key, of: fullName(order), digest: built.digest, at: clock.now() });
      return await this.#named(order, built, 'built');
    } finally {
      leave();
    }
  }

  /** The package that an image's name stands for in a namespace: the namespace's own meaning goes before everybody's. */
  async packageOf(namespace: string, reference: string): Promise<Digest | undefined> {
    if (packageDigest(reference) !== undefined) return undefined;
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

  /** Forgets a namespace that has gone: what its names meant must not come back with the next one of its name. */
  async forget(namespace: string): Promise<void> {
    await this.#parts.catalogue.forget(namespace);
    await this.#parts.builder.forget(namespace);
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

  get #runningNow(): number {
    return [...this.#running.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Waits for a place. Resolves with what gives it back. */
  async #enter(namespace: string, told: (line: string) => void, signal: AbortSignal): Promise<() => void> {
    if (this.#runningNow >= this.#parts.atOnce) await this.#wait(namespace, told, signal);
    else this.#took(namespace, 1);
    return () => {
      this.#took(namespace, -1);
      this.#next();
    };
  }

  async #wait(namespace: string, told: (line: string) => void, signal: AbortSignal): Promise<void> {
    const own = this.#line.filter((waiter) => waiter.namespace === namespace).length;
    if (own >= mostWaitingEach || this.#line.length >= mostWaiting)
      throw new WherryError('build_busy', `${own} builds of ${namespace} wait already`, {
        component,
        retryAfterS: 30,
      });
    told(`Waiting: ${this.#line.length + this.#runningNow} other builds come first`);
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = { namespace, enter: resolve };
      this.#line.push(waiter);
      signal.addEventListener(
        'abort',
        () => {
          const at = this.#line.indexOf(waiter);
          // Whoever has been let in already gives the place back himself.
          if (at < 0) return;
          this.#line.splice(at, 1);
          reject(signal.reason as Error);
        },
        { once: true },
      );
    });
  }

  /** Lets the next one in: the first of a namespace that has the fewest under way. */
  #next(): void {
    if (this.#line.length === 0 || this.#runningNow >= this.#parts.atOnce) return;
    const under = ({ namespace }: Waiter): number => this.#running.get(namespace) ?? 0;
    const least = Math.min(...this.#line.map(under));
    const at = this.#line.findIndex((waiter) => under(waiter) === least);
    const [next] = this.#line.splice(at, 1);
    if (next === undefined) return;
    this.#took(next.namespace, 1);
    next.enter();
  }

  #took(namespace: string, change: number): void {
    const count = (this.#running.get(namespace) ?? 0) + change;
    if (count === 0) this.#running.delete(namespace);
    else this.#running.set(namespace, count);
  }
}

interface Waiter {
  readonly namespace: string;
  enter(): void;
}

/** What names a package by its content means that, and bundled images mean what they are: no name takes their place. */
function checkReference(reference: string): void {
  const taken =
    reference.startsWith('wherry.local/') || reference.includes('@') || bundledImage(reference) !== undefined;
  if (referencePattern.test(reference) && !taken) return;
  throw new WherryError(
    'bad_value',
    `image: ${printable(reference)} ${taken ? 'means something already' : 'is no reference of an image'}`,
    { component, next: 'Take another name for it.' },
  );
}
