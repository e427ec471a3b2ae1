import type { CallRecord } from '../call-record.ts';
import type { Strings } from '../function.ts';
import type { FunctionName } from '../names.ts';

/** What of a row is searched, in the order in which it is read: the same where rows are shown and where they are exported. */
export type Words = readonly (string | number | undefined)[];

/**
 * One question to each row: whether its words, read one after the other, have this text in them. Neither case nor spaces around the text
 * count, and it is never a pattern.
 */
export function rowSearch(text = ''): (words: Words) => boolean {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return () => true;
  return (words) => {
    const there = words.filter((word) => word !== undefined);
    return there.join(' ').toLowerCase().includes(wanted);
  };
}

type Called = Pick<CallRecord, 'target' | 'path' | 'id' | 'status' | 'error'>;

export function callWords({ target, path, id, status, error }: Called): Words {
  return [target, path, id, status, error];
}

export interface QueuedWords extends FunctionName {
  /** As it was called. */
  readonly target: string;
  readonly id: string;
  readonly reason?: string | undefined;
  /** What it is served in turn with. */
  readonly lane: string;
}

export function queuedWords({ target, name, namespace, id, reason, lane }: QueuedWords): Words {
  return [target, `${name}.${namespace}`, id, reason, lane];
}

export function instanceWords({ name, namespace }: FunctionName): Words {
  return [name, namespace];
}

export interface FunctionWords extends FunctionName {
  readonly status: string | undefined;
  readonly labels?: Strings | undefined;
}

export function functionWords({ name, namespace, status, labels = {} }: FunctionWords): Words {
  return [name, namespace, status, ...Object.entries(labels).map((pair) => pair.join('='))];
}
