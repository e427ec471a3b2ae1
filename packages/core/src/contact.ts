import type { DeploymentKey } from './function.ts';

/** A connection that a function asked for, and what became of it. */
export interface Contact {
  readonly deployment: DeploymentKey;
  readonly instance: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `NAME:PORT` or `ADDRESS:PORT`. */
  readonly target: string;
  /** connected; refused by the grant; failed at the other end. */
  readonly outcome: 'connected' | 'refused' | 'failed';
  readonly why?: string;
  /** The annotation that would let it through, where one would. */
  readonly line?: string;
}
