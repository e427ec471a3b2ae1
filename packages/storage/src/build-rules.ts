import type { NamedPackage } from '@wherry/core/build';
import { type BuildResult, keptResults } from '@wherry/core/ports/build-catalogue';

/** Results of a function that have to make room, oldest last. */
export function outdated(all: readonly BuildResult[], of: string): readonly BuildResult[] {
  const own = all.filter((result) => result.of === of);
  return own.sort((a, b) => b.at - a.at).slice(keptResults);
}

/** Whether a function's full name is of that namespace; neither holds a dot. */
export function isOf(fullName: string, namespace: string): boolean {
  return fullName.endsWith(`.${namespace}`);
}

export function byPlace(a: NamedPackage, b: NamedPackage): number {
  const [one, other] = [`${a.namespace} ${a.reference}`, `${b.namespace} ${b.reference}`];
  return one < other ? -1 : one > other ? 1 : 0;
}
