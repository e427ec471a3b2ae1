import { asWherryError, WherryError } from '@wherry/core/errors';
import type { Backups, StoredBackup } from '@wherry/core/ports/backups';
import type { Cancel, Clock } from '@wherry/core/ports/clock';

/** What the operator decides about backups. */
export interface BackupRules {
  /** Milliseconds between two; undefined makes none by itself. */
  readonly every: number | undefined;
  /** How many stay. */
  readonly keep: number;
  /** Whether calls and logs are in those that are made by themselves. */
  readonly history: boolean;
}

export interface BackupState {
  readonly every: number | undefined;
  readonly newest: StoredBackup | undefined;
  /** Why the last one was not made; gone with the next that is. */
  readonly failure: { readonly at: number; readonly reason: string; readonly next: string } | undefined;
}

const lookMs = 60_000;
/** After one that failed: soon enough to be of use, seldom enough not to be a load of its own. */
const retryMs = 900_000;

/**
 * Backups that are asked for, and those that are made by themselves: one whenever the newest in the folder is too old. Only the folder says
 * when that was, so a restart neither repeats one nor forgets one.
 */
export class BackupBook {
  readonly #backups: Backups;
  readonly #clock: Clock;
  readonly #rules: BackupRules;
  readonly #problem: (message: string) => void;
  /** By the clock that never goes back: since when `every` runs where the newest is from the future. */
  #since: number;
  #retryAt = 0;
  #busy = false;
  #failure: BackupState['failure'];

  constructor(backups: Backups, clock: Clock, rules: BackupRules, problem: (message: string) => void) {
    this.#backups = backups;
    this.#clock = clock;
    this.#rules = rules;
    this.#problem = problem;
    this.#since = clock.monotonic();
  }

  /** Makes what is due from now on, until cancelled. */
  start(): Cancel {
    return this.#rules.every === undefined ? () => {} : this.#clock.every(lookMs, () => this.#look());
  }

  /** A backup of now, as it comes. Throws `conflict` while another one is made: each takes the room of the database. */
  async *stream(history: boolean): AsyncGenerator<Uint8Array> {
    if (this.#busy)
      throw new WherryError('conflict', 'another backup is being made', {
        component: 'backup',
        next: 'Try again when it is done.',
      });
    this.#busy = true;
    try {
      yield* this.#backups.stream({ at: this.#clock.now(), history });
    } finally {
      this.#busy = false;
    }
  }

  list(): Promise<readonly StoredBackup[]> {
    return this.#backups.list();
  }

  async state(): Promise<BackupState> {
    return { every: this.#rules.every, newest: (await this.list())[0], failure: this.#failure };
  }

  async #look(): Promise<void> {
    if (this.#busy || this.#clock.monotonic() < this.#retryAt) return;
    this.#busy = true;
    try {
      if (await this.#isDue()) {
        await this.#backups.make({ at: this.#clock.now(), history: this.#rules.history });
        this.#since = this.#clock.monotonic();
        this.#failure = undefined;
        await this.#backups.keep(this.#rules.keep);
      }
    } catch (error) {
      const { message, next } = asWherryError(error, 'backup');
      this.#retryAt = this.#clock.monotonic() + Math.min(retryMs, this.#rules.every ?? retryMs);
      this.#failure = { at: this.#clock.now(), reason: message, next };
      this.#problem(`no backup could be made: ${message}`);
    } finally {
      this.#busy = false;
    }
  }

  async #isDue(): Promise<boolean> {
    const every = this.#rules.every ?? Infinity;
    const [newest] = await this.#backups.list();
    if (newest === undefined) return true;
    const age = this.#clock.now() - newest.at;
    // The wall clock went back: what it says is no measure until it has caught up.
    return age < 0 ? this.#clock.monotonic() - this.#since >= every : age >= every;
  }
}
