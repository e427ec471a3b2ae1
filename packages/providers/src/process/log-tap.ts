import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '@wherry/core/ports/clock';
import type { DeploymentKey } from '@wherry/core/function';
import type { LogLine } from '@wherry/core/log-line';

/** A longer line is cut, and says so. */
const maxLineChars = 16 * 1024;
/** Lines a second that one instance may write before the rest is dropped and counted. */
const maxLinesPerSecond = 5_000;
const maxCharsPerSecond = 4 * 2 ** 20;
const flushMs = 50;
const rememberedLines = 20;
/** Last words are for people: a short line each. */
const rememberedChars = 500;

/** Reads what an instance writes, as lines, within bounds: a function that floods its log harms nobody. */
export class LogTap {
  readonly #clock: Clock;
  readonly #take: (lines: readonly LogLine[]) => void;
  readonly #instance: string;
  readonly #lastWords: string[] = [];
  #deployment: DeploymentKey;
  #batch: LogLine[] = [];
  #scheduled = false;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #windowEnds = 0;
  #linesLeft = 0;
  #charsLeft = 0;
  #dropped = 0;

  constructor(
    clock: Clock,
    instance: string,
    deployment: DeploymentKey,
    take: (lines: readonly LogLine[]) => void,
  ) {
    this.#clock = clock;
    this.#instance = instance;
    this.#deployment = deployment;
    this.#take = take;
  }

  /** Whose lines these are from now on: a waiting host gets its function late. */
  assign(deployment: DeploymentKey): void {
    this.#deployment = deployment;
  }

  /** The last lines, oldest first. */
  get lastWords(): readonly string[] {
    return this.#lastWords;
  }

  follow(from: Readable, stream: 'stdout' | 'stderr'): void {
    const decoder = new StringDecoder('utf8');
    // A line without an end must not grow without one: what is too much of it is only counted.
    let rest = '';
    let more = 0;
    const add = (text: string): void => {
      const room = maxLineChars - rest.length;
      rest += text.length > room ? text.slice(0, room) : text;
      more += Math.max(0, text.length - room);
    };
    const tell = (): void => {
      this.#line(stream, rest, more);
      rest = '';
      more = 0;
    };
    const read = (text: string): void => {
      let at = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
        add(text.slice(at, end));
        tell();
        at = end + 1;
      }
      add(text.slice(at));
    };
    from.on('data', (bytes: Buffer) => read(decoder.write(bytes)));
    // Not `end`: pipes that somebody else still holds are torn off, and what came last is a line all the same.
    from.once('close', () => {
      read(decoder.end());
      if (rest !== '') tell();
    });
    from.on('error', () => undefined);
  }

  /** A line of ours in the stream. */
  mark(text: string): void {
    this.#push('mark', text);
  }

  flush(): void {
    if (this.#dropped > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      this.#push('mark', `${dropped} lines dropped: more than ${maxLinesPerSecond} lines or 4 MiB a second`);
    }
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    this.#take(batch);
  }

  #line(stream: 'stdout' | 'stderr', raw: string, more: number): void {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const text = more > 0 ? `${line}… (${more} more characters cut)` : line;
    this.#lastWords.push(text.slice(0, rememberedChars));
    if (this.#lastWords.length > rememberedLines) this.#lastWords.shift();
    const now = this.#clock.monotonic();
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + 1000;
      this.#linesLeft = maxLinesPerSecond;
      this.#charsLeft = maxCharsPerSecond;
    }
    this.#linesLeft -= 1;
    this.#charsLeft -= text.length;
    if (this.#linesLeft < 0 || this.#charsLeft < 0) this.#dropped += 1;
    else this.#push(stream, text);
  }

  #push(stream: LogLine['stream'], text: string): void {
    this.#batch.push({
      deployment: this.#deployment,
      instance: this.#instance,
      at: this.#clock.now(),
      stream,
      text,
    });
    if (this.#scheduled) return;
    this.#scheduled = true;
    // A single line is told at once; only what comes thick and fast is gathered. What we say of a start is not in its way.
    const quiet = stream !== 'mark' && this.#clock.monotonic() - this.#flushedAt >= flushMs;
    this.#clock.after(quiet ? 0 : flushMs, () => {
      this.#scheduled = false;
      this.#flushedAt = this.#clock.monotonic();
      this.flush();
    });
  }
}
