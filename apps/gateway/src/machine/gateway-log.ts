import type { LogLine } from '@wherry/core/log-line';
import { fullName } from '@wherry/core/names';
import { levelOf } from '@wherry/core/rules/log-level';
import type { Settings } from '../config/settings.ts';
import { LineOutput } from './line-output.ts';
import { jsonOf, type Log, type LogEntry, logOf, textOf } from './log.ts';

const closeMs = 1_000;

/** The log as the settings want it: where its lines go, in which form, and what of functions is among them. */
export class GatewayLog implements Log {
  readonly #json: boolean;
  readonly #output: LineOutput | undefined;
  /** Also what functions write. */
  readonly takesFunctions: boolean;
  readonly info: Log['info'];
  readonly problem: Log['problem'];
  readonly latest: Log['latest'];

  constructor(settings: Pick<Settings, 'logs.format' | 'logs.stdout'>) {
    const { 'logs.format': format, 'logs.stdout': to } = settings;
    const stream = to === 'none' ? process.stderr : process.stdout;
    this.#json = format === 'json' || (format === 'auto' && !stream.isTTY);
    this.takesFunctions = to === 'all';
    this.#output = to === 'none' ? undefined : new LineOutput(1, (lines) => this.#form(lost(lines)));
    const { info, problem, latest } = logOf((entry) => this.entry(entry));
    this.info = info;
    this.problem = problem;
    this.latest = latest;
  }

  /** Lines of standard output that nobody read. */
  get dropped(): number {
    return this.#output?.dropped ?? 0;
  }

  /** Whether what is on standard output is for programs alone. */
  get isForPrograms(): boolean {
    return this.#output !== undefined && this.#json;
  }

  entry(entry: LogEntry, at = Date.now()): void {
    const line = this.#form(entry, at);
    if (this.#output === undefined) process.stderr.write(line);
    else this.#output.add(line);
  }

  /** What functions wrote. */
  lines(lines: readonly LogLine[]): void {
    for (const line of lines) {
      const { deployment, instance, at, stream, text } = line;
      this.entry(
        {
          ...{ level: levelOf(line), component: 'function', message: text },
          ...{ function: fullName(deployment), version: deployment.version, instance, stream },
        },
        at,
      );
    }
  }

  close(): Promise<void> {
    return this.#output?.close(closeMs) ?? Promise.resolve();
  }

  #form(entry: LogEntry, at = Date.now()): string {
    return this.#json ? jsonOf(entry, at) : textOf(entry);
  }
}

function lost(lines: number): LogEntry {
  return {
    level: 'warn',
    component: 'gateway',
    message: `${lines} lines were lost: they were not read as fast as they came`,
  };
}
