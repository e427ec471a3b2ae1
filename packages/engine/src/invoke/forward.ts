// Long because: the two ends of a call, its caller and its instance, and all the ways in which either may fail, meet in one object.
import { asWherryError, WherryError } from '@wherry/core/errors';
import { printable } from '@wherry/core/names';
import { type Body, isWhole } from '@wherry/core/ports/body';
import type { Cancel, Clock } from '@wherry/core/ports/clock';
import type {
  AnswerSink,
  Forwarding,
  ForwardFailure,
  ForwardRequest,
  Headers,
} from '@wherry/core/ports/forwarder';
import type { Fleet } from '../fleet/fleet.ts';
import type { Member } from '../fleet/member.ts';
import { tooLarge } from './admit.ts';
import type { Call, Running } from './call.ts';
import { limited } from './limited-body.ts';
import { NotSent } from './not-sent.ts';
import type { Stage } from './pipeline.ts';
import { forwardedHeaders } from './request-headers.ts';
import { Promised } from './announced.ts';
import type { InvokeParts } from './stages.ts';
import { cancelledError } from './waiting.ts';

/** Sends the call to its instance and the answer back, as they come. */
export function forward({ clock }: Pick<InvokeParts, 'clock'>): Stage {
  return (call) => new Promise((resolve, reject) => new Exchange(call, clock, resolve, reject).begin());
}

/** One call and its answer, between its caller and its instance. */
class Exchange implements AnswerSink, Running {
  readonly #call: Call;
  readonly #clock: Clock;
  readonly #resolve: () => void;
  readonly #reject: (error: Error) => void;
  readonly #fleet: Fleet;
  readonly #member: Member;
  #forwarding: Forwarding | undefined;
  #suspicion: Cancel | undefined;
  #promised: Promised | undefined;
  #from = 0;
  #over = false;

  constructor(call: Call, clock: Clock, resolve: () => void, reject: (error: Error) => void) {
    if (call.fleet === undefined || call.member === undefined) throw new Error('forward comes after choose');
    this.#call = call;
    this.#clock = clock;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#fleet = call.fleet;
    this.#member = call.member;
  }

  begin(): void {
    const call = this.#call;
    this.#from = this.#clock.monotonic();
    if (call.cancelled !== undefined) {
      this.settled();
      return this.#fail(cancelledError(call));
    }
    const { upgrade } = call.input;
    if (upgrade !== undefined && this.#member.instance.loaded.upgrades !== true) {
      this.settled();
      const cause = `${this.#fleet.key.name} does not take an upgrade to ${printable(upgrade)}`;
      return this.#fail(new WherryError('upgrade_refused', cause, { component: 'engine' }));
    }
    const request: ForwardRequest = {
      method: call.input.method,
      path: call.input.path,
      headers: forwardedHeaders(call),
      body: this.#body(call.input.body),
      leftMs: call.deadline - this.#from,
      ...(upgrade === undefined ? {} : { upgrade: true }),
    };
    call.running = this;
    try {
      this.#forwarding = this.#member.channel.forward(request, this);
    } catch (error) {
      // Refused as a whole: nothing of it is anywhere.
      this.settled();
      return this.#fail(asWherryError(error, 'forward'));
    }
    // Cancelled before there was anything to cancel: its body had failed at the first look.
    if (this.#suspicion !== undefined) this.#forwarding.cancel();
  }

  cancel(): void {
    if (this.#over) return;
    const error = cancelledError(this.#call);
    this.#abandon();
    this.#fail(error);
  }

  resume(): void {
    this.#forwarding?.resume();
  }

  whole(status: number, headers: Headers, body: Uint8Array, faulted: boolean): void {
    if (this.#over) return;
    const call = this.#call;
    call.status = status;
    call.faulted = faulted;
    call.bytesOut = body.length;
    call.tape?.whole(headers, body);
    if (this.#said(() => call.output.whole(status, headers, body))) this.#finish();
  }

  head(status: number, headers: Headers): void {
    if (this.#over) return;
    this.#call.status = status;
    this.#call.tape?.head(status, headers);
    this.#promised = new Promised(this.#call.input.method, status, headers);
    if (!this.#said(() => this.#call.output.head(status, headers))) this.#abandon();
  }

  /** False where the caller's protocol cannot say it; then the call has failed, and nothing of the answer has gone out. */
  #said(say: () => void): boolean {
    this.#call.answered = true;
    try {
      say();
      return true;
    } catch (error) {
      this.#call.answered = false;
      this.#fail(asWherryError(error, 'engine'));
      return false;
    }
  }

  chunk(bytes: Uint8Array): boolean {
    if (this.#over) return true;
    this.#call.bytesOut += bytes.length;
    this.#call.tape?.chunk(bytes);
    if (this.#promised?.exceeded(bytes.length)) return this.#misannounced('more');
    return this.#call.output.chunk(bytes);
  }

  end(): void {
    if (this.#over) return;
    if (this.#promised?.kept === false) return void this.#misannounced('less');
    this.#call.output.end();
    this.#finish();
  }

  /** What went out is cut, so that nobody takes it for the whole. */
  #misannounced(how: 'more' | 'less'): boolean {
    this.#abandon();
    this.#fail(this.#garbled(`the function sent ${how} than the Content-Length that it announced`));
    return true;
  }

  #garbled(cause: string): WherryError {
    return new WherryError('function_garbled', cause, { component: 'engine', name: this.#fleet.key.name });
  }

  failed(failure: ForwardFailure): void {
    if (this.#over) return;
    // Usually it is settled in the same moment; a host that does not let go of it is suspect, whatever the reason.
    this.#suspicion ??= this.#fleet.departures.suspect(this.#member);
    if (!failure.sent && isWhole(this.#call.input.body))
      return this.#fail(new NotSent(failure.reason, this.#fleet.key.name));
    if (failure.kind === 'garbled') return this.#fail(this.#garbled(failure.reason));
    // The end of the process is noticed a moment after the end of its connection, and knows the reason.
    this.#over = true;
    void this.#fleet.crashReason(this.#member.id, failure.reason).then((error) => this.#finish(error));
  }

  settled(): void {
    this.#suspicion?.();
    this.#fleet.give(this.#member);
  }

  /** Tells the instance that nobody waits any more. It has to let go of the call soon, or it is replaced. */
  #abandon(): void {
    if (this.#suspicion !== undefined) return;
    this.#suspicion = this.#fleet.departures.suspect(this.#member);
    this.#forwarding?.cancel();
  }

  #body(body: Body): Body {
    if (isWhole(body)) return body;
    const most = this.#call.input.upgrade === undefined ? this.#call.mostBytesIn : Infinity;
    const counted = (bytes: number): void => {
      this.#call.bytesIn = bytes;
      if (bytes <= most) return;
      this.#abandon();
      this.#fail(tooLarge(this.#call));
    };
    // Half a body is the caller's doing, and must not look like the function's.
    // Of a conversation only how it began is kept.
    const heard = this.#call.input.upgrade === undefined ? this.#call.tape?.request(body) : undefined;
    return limited(heard ?? body, most, counted, () => this.#call.cancel('caller_gone'));
  }

  #fail(error: Error): void {
    if (!this.#over) this.#finish(error);
  }

  #finish(error?: Error): void {
    this.#over = true;
    this.#call.running = undefined;
    this.#call.runMs = this.#clock.monotonic() - this.#from;
    this.#fleet.answered(this.#member, this.#call.runMs);
    if (error === undefined) this.#resolve();
    else this.#reject(error);
  }
}
