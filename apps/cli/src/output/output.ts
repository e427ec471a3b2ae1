import type { Env } from '../config/environment.ts';
import { asClientError, type ClientReport } from '../failures.ts';
import { csvText } from './csv-text.ts';
import { escapeLine } from './escape.ts';
import { failureText } from './failure-text.ts';
import { Progress } from './progress.ts';
import type { Sink } from './sink.ts';
import { isLively, styleFor, type Style } from './style.ts';

export const formats = ['text', 'json', 'ndjson', 'csv'] as const;
export type Format = (typeof formats)[number];

/** How commands speak: results on standard output, everything else on standard error; in JSON mode errors are JSON too. */
export class Output {
  readonly format: Format;
  readonly debug: boolean;
  readonly out: Sink;
  readonly err: Sink;
  /** For standard output; `errStyle` for standard error, which may be another terminal. */
  readonly style: Style;
  readonly errStyle: Style;
  readonly #lively: boolean;
  /** Whether what is said beside the result is for people. */
  readonly #forPeople: boolean;

  constructor(options: { format: Format; debug: boolean; out: Sink; err: Sink; env: Env }) {
    this.format = options.format;
    this.debug = options.debug;
    this.out = options.out;
    this.err = options.err;
    this.style = styleFor(options.out, options.env);
    this.errStyle = styleFor(options.err, options.env);
    this.#lively = isLively(options.err, options.env);
    this.#forPeople = options.format === 'text' || options.format === 'csv';
  }

  /** The result of a command: a value for programs, or what `text` makes of it for people. */
  async result(value: unknown, text: () => string): Promise<void> {
    if (this.format === 'text') {
      const shown = text();
      await this.out.write(shown === '' || shown.endsWith('\n') ? shown : `${shown}\n`);
    } else if (this.format === 'csv') {
      await this.out.write(csvText(value));
    } else if (this.format === 'ndjson' && Array.isArray(value)) {
      for (const one of value) await this.out.write(`${JSON.stringify(one)}\n`);
    } else {
      await this.out.write(
        `${this.format === 'json' ? JSON.stringify(value, null, 2) : JSON.stringify(value)}\n`,
      );
    }
  }

  /** One of many that come over time: a line of text, or a line of JSON in both JSON modes. */
  async item(value: unknown, text: () => string): Promise<void> {
    await this.out.write(`${this.#forPeople ? text() : JSON.stringify(value)}\n`);
  }

  /** Something worth knowing beside the result. Programs that read JSON are spared it. */
  note(text: string): void {
    if (this.#forPeople) void this.err.write(`${text}\n`);
  }

  warn(text: string): void {
    if (this.#forPeople) void this.err.write(`${this.errStyle.warn('!')} ${escapeLine(text)}\n`);
    else void this.err.write(`${JSON.stringify({ warning: text })}\n`);
  }

  failure(thrown: unknown): void {
    const error = asClientError(thrown);
    if (this.#forPeople) void this.err.write(failureText(error.report, this.errStyle));
    else void this.err.write(`${JSON.stringify({ error: error.report satisfies ClientReport })}\n`);
    if (this.debug) for (const stack of stacks(thrown)) void this.err.write(`${stack}\n`);
  }

  /** `lines`: worth a line for each step where nothing can move, such as a build's log. */
  progress(label: string, lines = false): Progress {
    return new Progress(this.err, label, {
      lively: this.#lively && this.#forPeople,
      lines: lines && this.#forPeople,
    });
  }
}

function* stacks(thrown: unknown): Generator<string> {
  for (let error = thrown; error instanceof Error; error = error.cause) yield error.stack ?? error.message;
}
