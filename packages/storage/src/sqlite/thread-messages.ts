import type { ErrorCode } from '@wherry/core/errors';
import type { Level } from '../metrics/levels.ts';
import type { Damage } from './sealed-rows.ts';
import type { Parts } from './parts.ts';

/** What the thread is started with. */
export interface ThreadData {
  readonly home: string;
  /** The time, for what is put aside while opening. */
  readonly at: number;
  /** Once the database holds so many bytes, the queue takes no more. */
  readonly queueRoom: number;
  /** How finely numbers are kept; as usual where it is left out. */
  readonly metricLevels?: readonly Level[] | undefined;
}

export interface Request {
  readonly id: number;
  readonly part: keyof Parts;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** A failure as it crosses threads: a class would not survive. */
interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly next: string;
}

export type Answer =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'refused' } & Failure)
  | { readonly kind: 'damage'; readonly damage: Damage }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | ({ readonly kind: 'failed'; readonly id: number } & Failure);
