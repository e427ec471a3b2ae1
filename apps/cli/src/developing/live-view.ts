import { escapeLine } from '../output/escape.ts';
import type { Output } from '../output/output.ts';
import { milliseconds } from '../output/quantities.ts';
import type { Call } from '@wherry/wire/calls';
import type { LogMessage } from '@wherry/wire/logs';

/** Everything that happens while somebody develops, in one stream: deploys, log lines, calls. */
export class LiveView {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  note(text: string): void {
    this.#output.note(text);
  }

  step(text: string): void {
    if (this.#output.debug) this.#output.note(this.#output.errStyle.dim(text));
  }

  deployed(name: string, result: string, took: string): void {
    void this.#output.item({ event: 'deployed', name, result }, () => {
      const { style } = this.#output;
      return `${style.good('✓')} ${name} ${result} in ${took}`;
    });
  }

  /** `before`: whether an earlier version goes on serving. */
  failed(name: string, error: unknown, before: boolean): void {
    this.#output.failure(error);
    if (before) this.#output.note(`${name}: the last good version still serves`);
  }

  log(name: string, message: LogMessage): void {
    void this.#output.item({ event: 'log', ...message, name }, () => {
      const { style } = this.#output;
      return `${style.dim(`${name} │`)} ${escapeLine(message.text.replace(/\r?\n$/, ''))}`;
    });
  }

  call(call: Call): void {
    void this.#output.item({ event: 'call', ...call }, () => {
      const { style } = this.#output;
      const status = call.status >= 500 ? style.bad(String(call.status)) : String(call.status);
      const what = `${call.method} ${escapeLine(call.path)}`;
      return `${style.dim(`${call.name ?? '?'} ◂`)} ${what} ${status} ${style.dim(milliseconds(call.totalMs))}`;
    });
  }
}
