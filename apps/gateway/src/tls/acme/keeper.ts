import { createSecureContext, type SecureContext } from 'node:tls';
import type { Cancel, Clock } from '@wherry/core/ports/clock';
import type { Log } from '../../machine/log.ts';
import type { AcmeClient } from './client.ts';
import { type CertificateStore, type Issued, newKey } from './certificate-store.ts';

export interface KeeperParts {
  readonly client: AcmeClient;
  readonly store: CertificateStore;
  readonly clock: Clock;
  readonly log: Log;
  /** The names that certificates are wanted for now. */
  names(): readonly string[];
}

const lookMs = 5_000;
const firstRetryMs = 60_000;
const longestRetryMs = 12 * 3_600_000;
/** An authority gives so many a week; and each takes a few seconds of its time. */
const mostNames = 500;

/** What is known of one name. */
interface Kept {
  issued: Issued | undefined;
  context: SecureContext | undefined;
  failures: number;
  /** Monotonic; not before. */
  retryAt: number;
}

/** Sees to it that every name has a certificate that is good: gets what is missing, and another when a third of the time is left. */
export class CertificateKeeper {
  readonly #parts: KeeperParts;
  readonly #kept = new Map<string, Kept>();
  readonly #stop: Cancel;
  #working = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#stop = parts.clock.every(lookMs, () => this.look());
  }

  /** What a client that asks for this name is shown; undefined where there is nothing for it. */
  context(name: string): SecureContext | undefined {
    return this.#kept.get(name.toLowerCase())?.context ?? this.#load(name.toLowerCase()).context;
  }

  /** When those that there are end, in milliseconds since 1970. */
  get ends(): readonly { readonly host: string; readonly endsAt: number }[] {
    return [...this.#kept].flatMap(([host, { issued }]) =>
      issued === undefined ? [] : { host, endsAt: issued.until },
    );
  }

  close(): void {
    this.#stop();
  }

  /** One name after another: an authority counts how many come at once. */
  async look(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    try {
      for (const name of this.#parts.names().slice(0, mostNames)) {
        const kept = this.#load(name);
        if (this.#due(kept)) await this.#renew(name, kept);
      }
    } finally {
      this.#working = false;
    }
  }

  #load(name: string): Kept {
    const known = this.#kept.get(name);
    if (known !== undefined) return known;
    // Whoever connects may ask for any name; only those that are wanted are looked for, and remembered.
    if (!this.#parts.names().includes(name))
      return { issued: undefined, context: undefined, failures: 0, retryAt: 0 };
    const issued = this.#parts.store.get(name);
    const kept = { issued, context: issued && contextOf(issued), failures: 0, retryAt: 0 };
    this.#kept.set(name, kept);
    return kept;
  }

  #due({ issued, retryAt }: Kept): boolean {
    const { clock } = this.#parts;
    if (clock.monotonic() < retryAt) return false;
    return issued === undefined || clock.now() > issued.until - (issued.until - issued.from) / 3;
  }

  async #renew(name: string, kept: Kept): Promise<void> {
    const { client, store, clock, log } = this.#parts;
    try {
      const key = newKey();
      const issued = store.put(name, await client.certificate(name, key), key);
      Object.assign(kept, { issued, context: contextOf(issued), failures: 0, retryAt: 0 });
      log.info(`a certificate for ${name}, good until ${new Date(issued.until).toISOString()}`);
    } catch (error) {
      const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** kept.failures);
      kept.failures += 1;
      kept.retryAt = clock.monotonic() + waitMs;
      const until =
        kept.issued === undefined
          ? 'there is none'
          : `the old one is good until ${new Date(kept.issued.until).toISOString()}`;
      log.problem(
        `no new certificate for ${name}: ${(error as Error).message}; ${until}; next try in ${Math.round(waitMs / 60_000)} min`,
      );
    }
  }
}

function contextOf({ cert, key }: Issued): SecureContext {
  return createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
}
