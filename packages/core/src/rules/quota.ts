import type { Strings } from '../function.ts';
import { memoryBytes, wholeNumber } from './quantity.ts';

/** What a namespace may use at most; undefined is no limit. */
export interface Quota {
  readonly functions?: number;
  readonly instances?: number;
  /** Memory that its instances reserve, all together. */
  readonly memoryBytes?: number;
}

/** The annotations that set a quota. */
export const quotaKeys = {
  functions: 'com.wherry.quota.functions',
  instances: 'com.wherry.quota.instances',
  memory: 'com.wherry.quota.memory',
} as const;

/** Reads the quota out of a namespace's annotations. Throws `bad_value` naming the one that can't be understood. */
export function quotaOf(annotations: Strings | undefined): Quota {
  const { functions, instances, memory } = {
    functions: annotations?.[quotaKeys.functions],
    instances: annotations?.[quotaKeys.instances],
    memory: annotations?.[quotaKeys.memory],
  };
  return {
    ...(functions === undefined ? {} : { functions: count(quotaKeys.functions, functions) }),
    ...(instances === undefined ? {} : { instances: count(quotaKeys.instances, instances) }),
    ...(memory === undefined ? {} : { memoryBytes: memoryBytes(quotaKeys.memory, memory) }),
  };
}

const mostOfAny = 1_000_000;

function count(key: string, text: string): number {
  return wholeNumber(key, text, 0, mostOfAny);
}
