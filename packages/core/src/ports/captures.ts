import type { Capture } from '../capture.ts';
import type { FunctionName } from '../names.ts';

/** Calls with their bodies. What is at rest is of no use to who has no key. */
export interface Captures {
  /** Keeps them, in the order given. Resolves when they are written (not flushed). */
  append(captures: readonly Capture[]): Promise<void>;
  /** Those of these call ids of which something is kept. */
  which(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** What is kept of a call; of several attempts the last one. Throws `capture_unreadable` where its key is lost. */
  read(id: string): Promise<Capture | undefined>;
  /** Functions of which there is something. */
  owners(): Promise<readonly FunctionName[]>;
  /** Drops everything of a function; returns how many went. */
  forget(of: FunctionName): Promise<number>;
  /** Drops what is older than `before`, then the oldest above `maxBytes`; returns how many went. */
  prune(before: number, maxBytes: number): Promise<number>;
}
