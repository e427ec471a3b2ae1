import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import type { Project } from './project.ts';

/** What a running `dev` says, to be waited for. */
export class Session {
  readonly child: ChildProcessWithoutNullStreams;
  text = '';
  readonly #waiting = new Set<() => void>();

  constructor(
    t: TestContext,
    project: Project,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ) {
    this.child = project.start(['dev', ...args], env);
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.on('data', (bytes: Buffer) => {
        this.text += bytes.toString();
        for (const look of this.#waiting) look();
      });
    t.after(() => this.end());
  }

  /** Resolves when what it says from `from` on matches. */
  async says(pattern: RegExp, from = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (!pattern.test(this.text.slice(from))) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      this.child.once('exit', () => reject(new Error(`dev ended:\n${this.text}`)));
      look();
    });
  }

  async end(): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGINT');
    return (await ended)[0] as number | null;
  }
}
