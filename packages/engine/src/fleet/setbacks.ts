import type { WherryError } from '@wherry/core/errors';
import type { DeploymentKey } from '@wherry/core/function';
import type { Clock } from '@wherry/core/ports/clock';
import { BackOff } from './back-off.ts';
import { broken, type Failure } from './refusals.ts';

/** What went wrong with one deployment's instances: the last failure, and when the next start may be tried. */
export class Setbacks {
  readonly #key: DeploymentKey;
  readonly #clock: Clock;
  readonly #backOff = new BackOff();
  last: Failure | undefined;

  constructor(key: DeploymentKey, clock: Clock) {
    this.#key = key;
    this.#clock = clock;
  }

  get crashes(): number {
    return this.#backOff.crashes;
  }

  /** Milliseconds until the next start; 0 when it may start now. */
  get leftMs(): number {
    return this.#backOff.left(this.#clock.monotonic());
  }

  failed(failure: Failure, livedMs: number): void {
    this.last = failure;
    this.#backOff.crashed(this.#clock.monotonic(), livedMs);
  }

  /** What a call is told that waits for nothing. */
  error(cause?: WherryError): WherryError {
    return broken(this.#key, this.last, this.leftMs, cause);
  }
}
