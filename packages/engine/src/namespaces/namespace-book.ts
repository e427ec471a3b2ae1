import { WherryError } from '@wherry/core/errors';
import type { Strings } from '@wherry/core/function';
import type { Namespace } from '@wherry/core/namespace';
import { checkName, defaultNamespace } from '@wherry/core/names';
import type { Clock } from '@wherry/core/ports/clock';
import type { NamespaceStore } from '@wherry/core/ports/namespace-store';
import { type Quota, quotaOf } from '@wherry/core/rules/quota';

/** What somebody wants a namespace to say of itself. */
export interface NamespaceWish {
  readonly labels?: Strings;
  readonly annotations?: Strings;
}

const component = 'namespaces';

/** The namespaces there are. The default one always is, whether or not anything was ever said of it. */
export class NamespaceBook {
  readonly #store: NamespaceStore;
  readonly #clock: Clock;
  readonly #problem: (message: string) => void;
  readonly #byName = new Map<string, { readonly namespace: Namespace; readonly quota: Quota }>();

  constructor(store: NamespaceStore, clock: Clock, problem: (message: string) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#problem = problem;
    store.watch((change) => {
      if (change.kind === 'put') this.#keep(change.namespace);
      else this.#byName.delete(change.name);
    });
  }

  async load(): Promise<void> {
    for (const namespace of await this.#store.list()) this.#keep(namespace);
  }

  has(name: string): boolean {
    return name === defaultNamespace || this.#byName.has(name);
  }

  /** Throws `namespace_unknown`. */
  check(name: string): void {
    if (this.has(name)) return;
    throw new WherryError('namespace_unknown', `${name} does not exist`, { component, name });
  }

  quota(name: string): Quota {
    return this.#byName.get(name)?.quota ?? {};
  }

  /** Ordered by name, the default one first. */
  list(): readonly string[] {
    const others = [...this.#byName.keys()].filter((name) => name !== defaultNamespace).sort();
    return [defaultNamespace, ...others];
  }

  /** Throws `namespace_absent`. */
  get(name: string): Namespace {
    const found = this.#byName.get(name)?.namespace;
    if (found !== undefined) return found;
    if (name === defaultNamespace) return { name, revision: 0, createdAt: 0 };
    throw new WherryError('namespace_absent', `${name} does not exist`, { component });
  }

  /** Throws `namespace_exists`, `bad_name`, and `bad_value` for a quota that can't be understood. */
  async create(name: string, wish: NamespaceWish): Promise<Namespace> {
    checkName('namespace', name);
    quotaOf(wish.annotations);
    if (this.has(name))
      throw new WherryError('namespace_exists', `${name} is there already`, { component, name });
    return this.#put({ name, ...wish, revision: 1, createdAt: this.#clock.now() });
  }

  /** Puts new labels and annotations in the place of the old ones. Throws `namespace_absent`. */
  async update(name: string, wish: NamespaceWish): Promise<Namespace> {
    quotaOf(wish.annotations);
    const { revision, createdAt } = this.get(name);
    return this.#put({ name, ...wish, revision: revision + 1, createdAt });
  }

  /** Throws `namespace_absent`; the default one can't be removed. Whoever asks has made sure that it is empty. */
  async remove(name: string): Promise<void> {
    const { revision } = this.get(name);
    if (name === defaultNamespace)
      throw new WherryError('namespace_in_use', `${name} is the default namespace and stays`, {
        component,
        next: 'Remove its functions one by one: wherry remove NAME',
      });
    await this.#store.remove(name, revision);
  }

  async #put(namespace: Namespace): Promise<Namespace> {
    await this.#store.put(namespace);
    return namespace;
  }

  /** A stored quota that can't be understood any more must not lock a namespace. */
  #keep(namespace: Namespace): void {
    let quota: Quota = {};
    try {
      quota = quotaOf(namespace.annotations);
    } catch (error) {
      this.#problem(`namespace ${namespace.name}: ${(error as Error).message}; it has no quota`);
    }
    this.#byName.set(namespace.name, { namespace, quota });
  }
}
