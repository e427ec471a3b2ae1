import type { Cancel } from '@wherry/core/ports/clock';
import type { DesiredChange } from '@wherry/core/ports/desired-state';

/** Who wants to hear of changes. A listener that throws keeps no other from hearing; its error surfaces as an uncaught one. */
export class Watchers {
  readonly #listeners = new Set<{ readonly listener: (change: DesiredChange) => void }>();

  add(listener: (change: DesiredChange) => void): Cancel {
    const entry = { listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  tell(change: DesiredChange): void {
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
