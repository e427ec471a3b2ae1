import { closeSync, constants, openSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import type { Cancel, Clock } from '@wherry/core/ports/clock';
import { StartRefused } from '../start/refusal.ts';
import type { AccessSink, Served } from './access-log.ts';

const writeEveryMs = 1_000;
/** What a disk that has stopped may cost in memory. */
const mostBytes = 8 * 2 ** 20;

/**
 * A line per request in the combined log format of Apache's httpd (mod_log_config), which every reader of access logs knows; behind it the
 * call's id, the seconds it took, and the trace that it belongs to. The file is opened for each write: who rotates it moves it away, and need
 * tell nobody.
 */
export class CombinedLog implements AccessSink {
  readonly #file: string;
  readonly #problem: (message: string) => void;
  readonly #stop: Cancel;
  #lines: string[] = [];
  #bytes = 0;
  #lost = 0;

  /** Throws StartRefused where the file cannot be written. */
  constructor(file: string, clock: Clock, problem: (message: string) => void) {
    try {
      closeSync(openSync(file, append, mode));
    } catch (error) {
      throw new StartRefused(
        `accessLog: ${(error as Error).message}`,
        'name a file that the gateway may write: WHERRY_ACCESS_LOG',
      );
    }
    this.#file = file;
    this.#problem = problem;
    this.#stop = clock.every(writeEveryMs, () => this.#write());
  }

  take({ at, client, method, url, version, status, sent, referer, agent, seconds, call }: Served): void {
    const asked = `${method} ${url} HTTP/${version}`;
    const line =
      `${client ?? '-'} - - [${time(at)}] "${escaped(asked)}" ${status} ${sent} "${escaped(referer ?? '-')}" ` +
      `"${escaped(agent ?? '-')}" ${call?.id || '-'} ${seconds.toFixed(3)} ${call?.trace?.traceId ?? '-'}\n`;
    if (this.#bytes + line.length > mostBytes) {
      this.#lost += 1;
      return;
    }
    this.#lines.push(line);
    this.#bytes += line.length;
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#write();
  }

  async #write(): Promise<void> {
    const [lines, lost] = [this.#lines, this.#lost];
    if (lines.length === 0) return;
    this.#lines = [];
    this.#bytes = 0;
    this.#lost = 0;
    try {
      await appendFile(this.#file, lines.join(''), { mode, flag: append });
      if (lost > 0) this.#problem(`${lost} lines of the access log were lost: the disk was too slow`);
    } catch (error) {
      this.#problem(`${lines.length + lost} lines of the access log were lost: ${(error as Error).message}`);
    }
  }
}

/** Nothing is written through a link that somebody else laid. */
const append = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW;

const mode = 0o600;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `10/Oct/2000:13:55:36 +0000`. */
function time(ms: number): string {
  const [date = '', clock = ''] = new Date(ms).toISOString().split(/[T.]/);
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${clock} +0000`;
}

/** As httpd writes what it does not trust: no field can end early, and no line can hold another. */
function escaped(text: string): string {
  return text.replace(
    /[^\x20-\x7e]|["\\]/g,
    (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
