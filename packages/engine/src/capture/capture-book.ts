import type { Capture } from '@wherry/core/capture';
import { type FunctionName, fullName } from '@wherry/core/names';
import type { Captures } from '@wherry/core/ports/captures';
import type { Cancel, Clock } from '@wherry/core/ports/clock';
import type { Capturing } from '@wherry/core/rules/capturing';
import type { FunctionTable } from '../functions/function-table.ts';
import type { Call } from '../invoke/call.ts';
import { ReelRoom } from './reel.ts';
import { Tape } from './tape.ts';

export interface CaptureSettings {
  /** What is kept of a body. */
  readonly maxBodyBytes: number;
  readonly maxAgeMs: number;
  /** Of all of it on the disk. */
  readonly maxBytes: number;
}

export interface CaptureParts {
  readonly captures: Captures;
  readonly clock: Clock;
  readonly functions: Pick<FunctionTable, 'get'>;
  readonly problem: (message: string) => void;
}

const flushMs = 250;
/** What waits for the disk; a burst beyond it is cut rather than held in memory. */
const mostHeld = 16 * 2 ** 20;
/** Handed over before its time once it weighs so much. */
const groupBytes = 2 ** 20;
/** Bodies of calls under way. */
const mostUnderWay = 32 * 2 ** 20;

/** Calls with their bodies, of functions that asked for that. Nothing here waits, and nothing here can fail a call. */
export class CaptureBook {
  readonly settings: CaptureSettings;
  readonly #parts: CaptureParts;
  readonly #room = new ReelRoom(mostUnderWay);
  #batch: Capture[] = [];
  #batchBytes = 0;
  /** In the batch, and what the store was given and has not written yet. */
  #held = 0;
  #scheduled: Cancel | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** Those that were not kept. */
  dropped = 0;

  constructor(parts: CaptureParts, settings: CaptureSettings) {
    this.#parts = parts;
    this.settings = settings;
  }

  /** What functions that went while nobody was there have left goes now. */
  async open(): Promise<void> {
    const { captures, functions } = this.#parts;
    for (const owner of await captures.owners())
      if (functions.get(owner) === undefined) await captures.forget(owner);
  }

  tape(rule: Capturing): Tape {
    return new Tape(rule, this.settings.maxBodyBytes, this.#room);
  }

  /** A call is over: keeps of it what its function asked for. */
  keep(call: Call, tape: Tape): void {
    try {
      const { function: fn } = call;
      // One that was removed meanwhile wants nothing any more, also where another has its name now.
      if (fn === undefined || this.#parts.functions.get(fn) !== fn) return;
      const capture = tape.over(call, this.#parts.clock.now());
      if (capture !== undefined) this.#add(capture);
    } finally {
      tape.drop();
    }
  }

  read(id: string): Promise<Capture | undefined> {
    return this.flush().then(() => this.#parts.captures.read(id));
  }

  which(ids: readonly string[]): Promise<ReadonlySet<string>> {
    return this.flush().then(() => this.#parts.captures.which(ids));
  }

  /** Of a function that is gone nothing is left when this resolves; where the disk does not let it, with the next pruning. Never rejects. */
  async forget(name: FunctionName): Promise<void> {
    const of = fullName(name);
    const left = this.#batch.filter(({ deployment }) => fullName(deployment) !== of);
    this.#batch = left;
    const bytes = left.reduce((sum, capture) => sum + weightOf(capture), 0);
    this.#held -= this.#batchBytes - bytes;
    this.#batchBytes = bytes;
    await this.#writing;
    await this.#parts.captures
      .forget(name)
      .catch((error: Error) =>
        this.#parts.problem(`what was kept of calls of ${of} is still there: ${error.message}`),
      );
  }

  async prune(now: number): Promise<void> {
    const { maxAgeMs, maxBytes } = this.settings;
    await this.open();
    await this.#parts.captures.prune(now - maxAgeMs, maxBytes);
  }

  /** Writes what is held. Resolves when it is in the store, or counted as lost. */
  flush(): Promise<void> {
    this.#scheduled?.();
    this.#scheduled = undefined;
    const [batch, bytes] = [this.#batch, this.#batchBytes];
    if (batch.length === 0) return this.#writing;
    this.#batch = [];
    this.#batchBytes = 0;
    const written = this.#append(batch)
      .catch((error: Error) => {
        this.dropped += batch.length;
        this.#parts.problem(`${batch.length} calls were not kept with their bodies: ${error.message}`);
      })
      .finally(() => (this.#held -= bytes));
    this.#writing = this.#writing.then(() => written);
    return this.#writing;
  }

  async #append(batch: readonly Capture[]): Promise<void> {
    await this.#parts.captures.append(batch);
  }

  #add(capture: Capture): void {
    const bytes = weightOf(capture);
    if (this.#held + bytes > mostHeld) {
      this.dropped += 1;
      return;
    }
    this.#batch.push(capture);
    this.#batchBytes += bytes;
    this.#held += bytes;
    if (this.#batchBytes >= groupBytes) void this.flush();
    else this.#scheduled ??= this.#parts.clock.after(flushMs, () => void this.flush());
  }
}

function weightOf({ request, answer }: Capture): number {
  const text = (list: readonly string[]): number => list.reduce((sum, { length }) => sum + length, 0);
  const bodies = request.body.kept.length + answer.body.kept.length;
  return 500 + bodies + request.path.length + text(request.headers) + text(answer.headers);
}
