import type { Cancel } from '@wherry/core/ports/clock';

/** Who wants to hear of changes. A listener that throws keeps no other from hearing; its error surfaces as an uncaught one. */
export class Watchers<Change> {
  readonly #listeners = new Set<{ readonly listener: (change: Change) => void }>();

  add(listener: (change: Change) => void): Cancel {
    const entry = { listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  tell(change: Change): void {
    for (const { listener } of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
