import type { AuditEntry, AuditOutcome } from '@wherry/core/audit-record';
import type { Clock } from '@wherry/core/ports/clock';

/** Repeats within this time are one record. */
const windowMs = 600_000;
/** Kinds of refusals that are told apart within it: with their repeats, so many records twice are all that can be caused. */
const mostKinds = 10;

type Refusal = AuditEntry & AuditOutcome;
type Keep = (refusal: Refusal) => Promise<void>;

/** Bounds what people without permission can write: the first refusal of a kind is kept, what follows is counted. */
export class Refusals {
  readonly #clock: Clock;
  readonly #keep: Keep;
  readonly #repeats = new Map<string, Refusal | undefined>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, keep: Keep) {
    this.#clock = clock;
    this.#keep = keep;
  }

  async note(refusal: Refusal): Promise<void> {
    const own = kindOf(refusal);
    const kind = this.#repeats.has(own) || this.#repeats.size < mostKinds ? own : 'others';
    this.#cancel ??= this.#clock.after(windowMs, () => void this.flush());
    const known = this.#repeats.has(kind);
    const before = this.#repeats.get(kind);
    const shown = kind === 'others' ? anybody(refusal) : refusal;
    this.#repeats.set(kind, known ? counted(before, shown) : undefined);
    if (!known) await this.#keep(shown);
  }

  /** Writes what was counted, and begins anew. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    const repeats = [...this.#repeats.values()];
    this.#repeats.clear();
    for (const repeat of repeats) if (repeat !== undefined) await this.#keep(repeat);
  }
}

function kindOf({ error, who, from }: Refusal): string {
  return JSON.stringify([error, who, from]);
}

/** Of many that are told apart no more. */
function anybody({ at, call, status }: Refusal): Refusal {
  return { at, call, status, who: '', from: '', what: 'others', method: '', error: 'refused' };
}

function counted(before: Refusal | undefined, now: Refusal): Refusal {
  return { ...(before ?? now), count: (before?.count ?? 0) + 1, until: now.at };
}
