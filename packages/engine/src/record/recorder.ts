import type { CallRecord } from '@wherry/core/call-record';
import type { CallRecords } from '@wherry/core/ports/call-records';
import type { Cancel, Clock } from '@wherry/core/ports/clock';
import { printable } from '@wherry/core/names';
import type { Call } from '../invoke/call.ts';

const flushMs = 50;
/** At high rates a group is handed over before its time: a larger one would only be moved about by the collector. */
const groupSize = 1024;
/** A burst that the store does not keep up with is cut here rather than held in memory. */
const maxHeld = 50_000;
const maxPath = 256;
const maxTarget = 130;

/** Counts calls and hands their records to the store in groups. Nothing here waits, and nothing here can fail a call. */
export class Recorder {
  readonly #records: CallRecords;
  readonly #clock: Clock;
  readonly #problem: (message: string) => void;
  readonly #ended: (call: Call) => void;
  #batch: CallRecord[] = [];
  /** Records that the store was given and has not written yet. */
  #handed = 0;
  #scheduled: Cancel | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** Records that were not kept. */
  dropped = 0;
  /** Calls that named no function. */
  unknown = 0;
  inFlight = 0;

  /** `ended` is told of each call, at once; it must not throw. */
  constructor(
    records: CallRecords,
    clock: Clock,
    problem: (message: string) => void,
    ended: (call: Call) => void = () => {},
  ) {
    this.#ended = ended;
    this.#records = records;
    this.#clock = clock;
    this.#problem = problem;
  }

  record(call: Call): void {
    const totalMs = this.#clock.monotonic() - call.started;
    if (call.function === undefined) this.unknown += 1;
    else call.function.counts.observe(call.status, totalMs / 1000, call.cold);
    if (call.fleet !== undefined)
      call.function?.counts.used(call.fleet.policy.memoryBytes, call.runMs, call.wakeMs);
    call.fleet?.counts.observe(call.status, totalMs);
    this.#ended(call);
    if (this.#batch.length + this.#handed >= maxHeld) {
      this.dropped += 1;
      return;
    }
    this.#batch.push(recordOf(call, totalMs));
    if (this.#batch.length >= groupSize) void this.flush();
    else this.#scheduled ??= this.#clock.after(flushMs, () => void this.flush());
  }

  /** Writes what is held. Resolves when it is in the store, or counted as lost. */
  flush(): Promise<void> {
    this.#scheduled?.();
    this.#scheduled = undefined;
    const batch = this.#batch;
    if (batch.length === 0) return this.#writing;
    this.#batch = [];
    // Handed over now and not after the group before it: what waits for the disk should be the store's packed form.
    this.#handed += batch.length;
    const written = this.#append(batch)
      .catch((error: Error) => {
        this.dropped += batch.length;
        this.#problem(`${batch.length} call records were not kept: ${error.message}`);
      })
      .finally(() => (this.#handed -= batch.length));
    this.#writing = this.#writing.then(() => written);
    return this.#writing;
  }

  async #append(batch: readonly CallRecord[]): Promise<void> {
    await this.#records.append(batch);
  }
}

/** Filled in step by step: spreading optional parts into one literal costs more than all the rest. */
type Draft = { -readonly [K in keyof CallRecord]: CallRecord[K] };

function recordOf(call: Call, totalMs: number): CallRecord {
  const { input } = call;
  const record: Draft = {
    id: call.id,
    trigger: input.trigger,
    target: call.function === undefined ? shortTarget(input.target) : input.target,
    method: input.method,
    path: pathOf(input.path),
    startedAt: call.startedAt,
    totalMs,
    waitMs: call.waitMs,
    wakeMs: call.wakeMs,
    runMs: call.runMs,
    cold: call.cold,
    status: call.status,
    bytesIn: call.bytesIn,
    bytesOut: call.bytesOut,
  };
  if (input.alias !== undefined) record.alias = input.alias;
  if (call.fleet !== undefined) record.deployment = call.fleet.key;
  if (call.member !== undefined) record.instance = call.member.id;
  // A trace that begins here and is not kept leads nowhere.
  if (call.trace !== undefined && (call.trace.sampled || !call.traced || call.trace.parentId !== undefined))
    record.traceId = call.trace.traceId;
  if (input.replayOf !== undefined) record.replayOf = input.replayOf;
  if (call.error !== undefined) {
    record.error = call.error.code;
    record.fault = call.error.fault;
  } else if (call.faulted) {
    record.error = 'function_failed';
    record.fault = 'function';
  }
  return record;
}

/** Without the query, which may hold what is nobody's business. */
function pathOf(path: string): string {
  const query = path.indexOf('?');
  const end = query < 0 ? path.length : query;
  return end === path.length && end <= maxPath ? path : path.slice(0, Math.min(end, maxPath));
}

function shortTarget(target: string): string {
  return target.length > maxTarget ? printable(target) : target;
}
