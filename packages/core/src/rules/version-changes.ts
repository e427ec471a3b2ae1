import type { Deployment, FunctionSpec } from '../function.ts';

/** What of a specification differs between two versions. Never a value: any of them may be somebody's secret. */
export interface VersionChange {
  readonly what: string;
  /** Keys, or entries of a list; absent where the whole is one value. */
  readonly added?: readonly string[];
  readonly removed?: readonly string[];
  readonly changed?: readonly string[];
}

const wholes = ['envProcess', 'readOnlyRootFilesystem'] as const;
const maps = ['env', 'labels', 'annotations', 'limits', 'requests'] as const;
const lists = ['secrets', 'constraints'] as const;

/** What is different in `after`, in the order that people look for it: code first. */
export function versionChanges(before: Deployment, after: Deployment): readonly VersionChange[] {
  const [was, is] = [before.spec, after.spec];
  const changes: VersionChange[] = [];
  // A name of an image may stand for another package now.
  if (was.image !== is.image || before.package !== after.package) changes.push({ what: 'image' });
  for (const what of wholes) if (was[what] !== is[what]) changes.push({ what });
  for (const what of maps) push(changes, what, entriesOf(was, what), entriesOf(is, what));
  for (const what of lists) push(changes, what, named(was[what]), named(is[what]));
  return changes;
}

type Entries = ReadonlyMap<string, string | undefined>;

function entriesOf(spec: FunctionSpec, what: (typeof maps)[number]): Entries {
  return new Map(Object.entries(spec[what] ?? {}));
}

function named(list: readonly string[] = []): Entries {
  return new Map(list.map((one) => [one, '']));
}

function push(changes: VersionChange[], what: string, was: Entries, is: Entries): void {
  const added = [...is.keys()].filter((key) => !was.has(key));
  const removed = [...was.keys()].filter((key) => !is.has(key));
  const changed = [...is.keys()].filter((key) => was.has(key) && was.get(key) !== is.get(key));
  if (added.length + removed.length + changed.length === 0) return;
  changes.push({
    what,
    ...(added.length === 0 ? {} : { added }),
    ...(removed.length === 0 ? {} : { removed }),
    ...(changed.length === 0 ? {} : { changed }),
  });
}
