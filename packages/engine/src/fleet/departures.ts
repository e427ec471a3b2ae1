import type { Cancel, Clock } from '@wherry/core/ports/clock';
import type { Member } from './member.ts';

/** A cancelled call has to be let go within this time. */
const letGoMs = 5_000;

export interface DepartureParts {
  readonly clock: Clock;
  /** No call takes longer. */
  readonly deadlineMs: number;
  stop(member: Member): Promise<void>;
  /** One that hangs takes no more calls, and later: is gone. */
  hangs(reason: string): void;
  replaced(): void;
}

/** The ways in which an instance stops taking calls before it is stopped. */
export class Departures {
  readonly #parts: DepartureParts;

  constructor(parts: DepartureParts) {
    this.#parts = parts;
  }

  /** Takes no more calls and is stopped once it has none, however long that takes: the load needs fewer, and nobody is in a hurry. */
  leave(member: Member): void {
    member.draining = true;
    member.leaving = true;
    this.emptied(member);
  }

  /** It has no call any more. */
  emptied(member: Member): void {
    if (member.inFlight > 0) return;
    member.emptied?.();
    if (member.leaving) void this.#parts.stop(member);
  }

  /** One that was leaving and still finishes calls is the quickest to have back. False where it is too late. */
  callBack(member: Member): boolean {
    if (!member.leaving || member.stopping !== undefined) return false;
    member.draining = false;
    member.leaving = false;
    return true;
  }

  /** Lets an instance finish what it has, then stops it. */
  async drain(member: Member): Promise<void> {
    member.draining = true;
    if (member.inFlight > 0) {
      await new Promise<void>((resolve) => {
        member.emptied = resolve;
        // No call may take longer; what is left then hangs.
        this.#parts.clock.after(this.#parts.deadlineMs, resolve);
      });
    }
    await this.#parts.stop(member);
  }

  /** Its connection was lost: its end follows, or is brought about. */
  lose(member: Member, isThere: () => boolean): void {
    member.draining = true;
    member.leaving = false;
    this.#parts.clock.after(letGoMs, () => {
      if (isThere()) void this.#parts.stop(member);
    });
  }

  /** A call was cancelled: unless the instance lets go of it soon, it hangs and is replaced. */
  suspect(member: Member): Cancel {
    return this.#parts.clock.after(letGoMs, () => {
      if (!member.draining || member.leaving) void this.#replace(member);
    });
  }

  async #replace(member: Member): Promise<void> {
    const { clock, deadlineMs } = this.#parts;
    member.draining = true;
    member.leaving = false;
    this.#parts.hangs(`replaced: a cancelled call was not let go within ${letGoMs / 1000} s`);
    // Its other calls may still finish, as long as it moves at all.
    for (
      let waited = 0;
      member.inFlight > 0 && waited < deadlineMs && (await member.channel.ping(letGoMs));
      waited += letGoMs
    ) {
      await new Promise<void>((resolve) => clock.after(letGoMs, resolve));
    }
    await this.#parts.stop(member);
    this.#parts.replaced();
  }
}
