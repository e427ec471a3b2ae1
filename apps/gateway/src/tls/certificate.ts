import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { StartRefused } from '../start/refusal.ts';

const lookMs = 1_000;
const dayMs = 86_400_000;
/** So long before its end somebody should be told. */
const soonMs = 14 * dayMs;

/** A certificate chain and its key, as PEM. */
export interface KeyPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/**
 * The gateway's certificate, from two files that somebody else renews. They are looked at every few seconds; what cannot be used, as when only
 * one of the two has been written yet, leaves the old pair in use.
 */
export class Certificate {
  readonly #paths: { readonly cert: string; readonly key: string };
  #seen: string;
  pair: KeyPair;
  /** Milliseconds since 1970. */
  endsAt: number;

  /** Throws StartRefused with what is wrong with the files. */
  constructor(cert: string, key: string) {
    this.#paths = { cert, key };
    this.#seen = this.#stamp();
    try {
      this.pair = read(this.#paths);
      this.endsAt = endOf(this.pair);
    } catch (error) {
      throw new StartRefused(
        `the certificate ${cert} with the key ${key} cannot be used: ${(error as Error).message}`,
        'give the chain and its key as PEM files: WHERRY_TLS_CERT, WHERRY_TLS_KEY',
      );
    }
  }

  /** The names that it is for, without those that stand for many. */
  get names(): readonly string[] {
    const { subjectAltName = '' } = new X509Certificate(this.pair.cert);
    return [...subjectAltName.matchAll(/(?:^|, )DNS:([a-z0-9.-]+)(?=,|$)/gi)].map(
      ([, name]) => name as string,
    );
  }

  /** Who it is of, in one word. */
  get host(): string {
    return this.names[0] ?? 'the gateway';
  }

  /** A warning for the operator, where it ends soon. */
  warning(now: number): string | undefined {
    const left = this.endsAt - now;
    if (left > soonMs) return undefined;
    const when = new Date(this.endsAt).toISOString();
    return left < 0 ? `the certificate ended ${when}` : `the certificate ends ${when}: renew it`;
  }

  /** Calls `use` with each new pair that can be used. Returns the way to stop. */
  follow(use: (pair: KeyPair) => void, problem: (message: string) => void): () => void {
    const timer = setInterval(() => {
      const stamp = this.#stamp();
      if (stamp === this.#seen) return;
      try {
        const pair = read(this.#paths);
        this.endsAt = endOf(pair);
        this.pair = pair;
        use(pair);
      } catch (error) {
        problem(`the new certificate is not used yet: ${(error as Error).message}`);
      }
      this.#seen = stamp;
    }, lookMs);
    timer.unref();
    return () => clearInterval(timer);
  }

  /** Changes when either file does, also when it is another file of the same name. */
  #stamp(): string {
    return [this.#paths.cert, this.#paths.key]
      .map((path) => {
        const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
        return stats === undefined ? 'none' : `${stats.ino} ${stats.mtimeNs} ${stats.size}`;
      })
      .join('; ');
  }
}

function read(paths: { readonly cert: string; readonly key: string }): KeyPair {
  const pair = { cert: readFileSync(paths.cert), key: readFileSync(paths.key) };
  // Throws where they are no PEM, or do not belong together.
  createSecureContext(pair);
  return pair;
}

function endOf({ cert }: KeyPair): number {
  return Date.parse(new X509Certificate(cert).validTo);
}
