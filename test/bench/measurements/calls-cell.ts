import type { LoadResult } from '../kit/load.ts';
import type { Observed } from '../kit/rounds.ts';

/** One kind of load. */
export interface Cell {
  readonly name: string;
  readonly bytes: number;
  readonly connections: number;
}

/** What a stack did under one kind of load, once. */
export interface Answered extends LoadResult {
  /** CPU-seconds of all its processes for ten thousand calls. */
  readonly cpuPer10k: number | undefined;
}

export type Answers = ReadonlyMap<string, readonly Observed<Answered>[]>;
export const keyOf = (stack: string, cell: Cell): string => `${stack}, ${cell.name}`;
