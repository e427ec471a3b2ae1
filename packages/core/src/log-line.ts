import type { DeploymentKey } from './function.ts';

/** One line that an instance wrote, or a mark of ours in its stream (stream `mark`: started, dropped lines, exited). */
export interface LogLine {
  readonly deployment: DeploymentKey;
  readonly instance: string;
  /** Milliseconds since 1970, with fractions. */
  readonly at: number;
  readonly stream: 'stdout' | 'stderr' | 'mark';
  /** Without its line end; control characters are as written, so every display escapes them. */
  readonly text: string;
}
