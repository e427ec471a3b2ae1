import type { AlertEvent } from '@wherry/core/alert';
import type {
  AlertDocument,
  AlertKey,
  AlertKind,
  AlertKinds,
  AlertStore,
} from '@wherry/core/ports/alert-store';

/** Events that are kept. */
const mostEvents = 1_000;
/** More than that many beyond it are removed together. */
const eventSlack = 100;

type Kept = { readonly [K in AlertKind]: Map<string, AlertKinds[K]> };

/** What is to be kept, and what no more. */
export interface AlertChange {
  readonly puts: readonly AlertDocument[];
  readonly removes?: readonly AlertKey[];
}

type Written = (puts: readonly AlertDocument[], removes: readonly AlertKey[]) => void;

/** Everything that is kept of alerts, in memory as it is on the disk: what could not be written is not there either. */
export class AlertRecords {
  readonly #store: AlertStore;
  readonly #written: Written;
  readonly #kept: Kept = {
    ...{ rule: new Map(), preset: new Map(), silence: new Map(), channel: new Map() },
    ...{ state: new Map(), group: new Map(), event: new Map() },
  };
  #turn: Promise<unknown> = Promise.resolve();
  /** Why the last write failed; undefined where it did not. */
  failing: string | undefined;

  /** `written` is told what is on disk now, and what no longer is. It must not throw. */
  constructor(store: AlertStore, written: Written = () => undefined) {
    this.#store = store;
    this.#written = written;
  }

  async load(): Promise<void> {
    for (const document of await this.#store.list()) this.#put(document);
  }

  of<K extends AlertKind>(kind: K): ReadonlyMap<string, AlertKinds[K]> {
    return this.#kept[kind];
  }

  /** Newest first. */
  events(): readonly AlertEvent[] {
    return [...this.#kept.event.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  /** What changes a document without being worth a write: it is written with the next change. */
  remember<K extends AlertKind>(kind: K, id: string, body: AlertKinds[K]): void {
    this.#kept[kind].set(id, body);
  }

  /** On disk when it resolves, and only then in memory. Throws the store's errors. */
  write(puts: readonly AlertDocument[], removes: readonly AlertKey[] = []): Promise<void> {
    return this.change(() => ({ puts, removes }));
  }

  /** The same of what is decided in its turn, by what is kept then and not before others were written. What `decide` throws changes nothing. */
  change(decide: () => AlertChange): Promise<void> {
    const written = this.#turn.then(async () => {
      const { puts, removes = [] } = decide();
      const gone = [...removes, ...this.#oldEvents(puts)];
      try {
        await this.#store.write(puts, gone);
        this.failing = undefined;
      } catch (error) {
        this.failing = (error as Error).message;
        throw error;
      }
      for (const document of puts) this.#put(document);
      for (const { kind, id } of gone) this.#kept[kind].delete(id);
      this.#written(puts, removes);
    });
    this.#turn = written.catch(() => undefined);
    return written;
  }

  #put({ kind, id, body }: AlertDocument): void {
    (this.#kept[kind] as Map<string, AlertKinds[typeof kind]>).set(id, body);
  }

  #oldEvents(puts: readonly AlertDocument[]): readonly AlertKey[] {
    const count = this.#kept.event.size + puts.filter(({ kind }) => kind === 'event').length;
    if (count < mostEvents + eventSlack) return [];
    const oldest = [...this.#kept.event.keys()].sort().slice(0, count - mostEvents);
    return oldest.map((id) => ({ kind: 'event', id }));
  }
}
