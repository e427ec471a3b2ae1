import type { AlertMatcher } from '../alert.ts';
import type { Labels } from '../metric.ts';
import { type FunctionName, parseFullName, defaultNamespace } from '../names.ts';

/** The function that a series is about, where it is about one. */
export function functionIn(labels: Labels): FunctionName | undefined {
  const name = labels['function_name'];
  return name === undefined ? undefined : parseFullName(name);
}

/** What alerts are told of together by: that of the function, or of the series; empty where it is about none. */
export function namespaceIn(labels: Labels): string {
  return functionIn(labels)?.namespace ?? labels['namespace'] ?? '';
}

/** One text for one set of labels, whatever their order. */
export function labelsText(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** 16 hexadecimal digits that stand for a set of labels (FNV-1a, 64 bits), as receivers of Alertmanager's messages expect it. */
export function fingerprint(labels: Labels): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(labelsText(labels)))
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(16).padStart(16, '0');
}

/** As people call it: the namespace stands only where it is not the usual one. */
export function shortName({ name, namespace }: FunctionName): string {
  return namespace === defaultNamespace ? name : `${name}.${namespace}`;
}

export type CompiledMatcher = (labels: Labels) => boolean;

/** A matcher as a question; `whole` compiles a pattern that has to match all of a text. A label that is not there is an empty one. */
export function matcherOf(
  { label, is, value }: AlertMatcher,
  whole: (source: string) => (text: string) => boolean,
): CompiledMatcher {
  const at = (labels: Labels): string => (Object.hasOwn(labels, label) ? (labels[label] as string) : '');
  if (is === '=' || is === '!=') return (labels) => (at(labels) === value) === (is === '=');
  const matches = whole(value);
  return (labels) => matches(at(labels)) === (is === '=~');
}
