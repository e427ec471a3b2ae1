import type { AuditChange } from '@wherry/core/audit-record';
import type { Deployment, FunctionRecord } from '@wherry/core/function';
import { packageDigest } from '@wherry/core/packages';
import { versionChanges, type VersionChange } from '@wherry/core/rules/version-changes';
import { deploymentsOf } from '@wherry/core/rules/versions';

/** What a deployment made different. Names of what changed, never a value. */
export function deployChange(
  before: FunctionRecord | undefined,
  after: FunctionRecord | undefined,
): AuditChange {
  if (after === undefined) return {};
  const newest = newestOf(after);
  if (newest === undefined) return {};
  const digest = newest.package ?? packageDigest(newest.spec.image);
  const was = before?.active;
  const fields = changesOf(before, after);
  return {
    ...(digest === undefined ? {} : { package: digest }),
    version: was === undefined ? String(newest.version) : `${was.version} → ${newest.version}`,
    ...(fields.length === 0 ? {} : { fields: fields.map(fieldText).join('; ') }),
    ...(was === undefined ? firstNames(newest.spec) : {}),
    ...(after.canary === undefined ? {} : { canary: `${after.canary.percent} %` }),
  };
}

/** What is different in the newest version from what was live; nothing where there was none. */
export function changesOf(
  before: FunctionRecord | undefined,
  after: FunctionRecord | undefined,
): readonly VersionChange[] {
  const newest = after === undefined ? undefined : newestOf(after);
  return before === undefined || newest === undefined ? [] : versionChanges(before.active, newest);
}

function newestOf(record: FunctionRecord): Deployment | undefined {
  return [...deploymentsOf(record)].sort((a, b) => b.version - a.version)[0];
}

/** Which versions take calls, before and after. */
export function trafficChange(
  before: FunctionRecord | undefined,
  after: FunctionRecord | undefined,
): AuditChange {
  const pairs = (['live', 'canary', 'aliases'] as const).map((what) => [
    what,
    trafficOf(before)[what],
    trafficOf(after)[what],
  ]);
  return Object.fromEntries(
    pairs.filter(([, was, is]) => was !== is).map(([what, was, is]) => [what, `${was} → ${is}`]),
  ) as AuditChange;
}

/** Keys of labels and annotations. */
export function namesIn(of: { readonly labels?: object; readonly annotations?: object }): AuditChange {
  const names = (['labels', 'annotations'] as const).map((what) => [
    what,
    Object.keys(of[what] ?? {}).join(' '),
  ]);
  return Object.fromEntries(names.filter(([, text]) => text !== '')) as AuditChange;
}

function trafficOf(record: FunctionRecord | undefined): Record<'live' | 'canary' | 'aliases', string> {
  const { active, canary, aliases = [] } = record ?? {};
  const shares = aliases.map(
    (alias) =>
      `${alias.name}: ${alias.shares.map((share) => JSON.stringify(Object.values(share))).join(' ')}`,
  );
  return {
    live: active === undefined ? 'none' : String(active.version),
    canary: canary === undefined ? 'none' : `${canary.version} at ${canary.percent} %`,
    aliases: shares.length === 0 ? 'none' : shares.join(', '),
  };
}

function fieldText({ what, added = [], removed = [], changed = [] }: VersionChange): string {
  const names = [
    ...added.map((name) => `+${name}`),
    ...removed.map((name) => `-${name}`),
    ...changed.map((name) => `~${name}`),
  ];
  return names.length === 0 ? what : `${what} ${names.join(' ')}`;
}

function firstNames({ env, secrets, annotations }: FunctionRecord['active']['spec']): AuditChange {
  const lists = [
    ['env', Object.keys(env ?? {})],
    ['secrets', secrets ?? []],
    ['annotations', Object.keys(annotations ?? {})],
  ] as const;
  return Object.fromEntries(
    lists.filter(([, names]) => names.length > 0).map(([what, names]) => [what, names.join(' ')]),
  );
}
