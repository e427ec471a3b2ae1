import type { FunctionRecord } from '@wherry/core/function';
import { type VersionChange, versionChanges } from '@wherry/core/rules/version-changes';
import { deploymentsOf, plainShares, stepBack } from '@wherry/core/rules/versions';
import type { Alias, Canary, Sticky } from '@wherry/core/traffic';
import { present } from './deployment.ts';
import type { Status } from './function-state.ts';
import { rfc3339 } from './times.ts';
import { encodeSticky } from './version-requests.ts';

/**
 * live: takes the calls of the plain name. canary: is being tried on some of them. kept: an earlier one. withdrawn: was gone back from, or its
 * trial ended; going back passes it over.
 */
export type VersionRole = 'live' | 'canary' | 'kept' | 'withdrawn';

/** What GET /system/function/{name}/versions answers, and every change of them. */
export interface VersionList {
  readonly name: string;
  readonly namespace: string;
  readonly live: number;
  /** Where a rollback leads that names no version. */
  readonly stepBack?: number;
  readonly canary?: CanaryInfo;
  readonly aliases: readonly AliasInfo[];
  /** The newest first. */
  readonly versions: readonly VersionInfo[];
  /** The last version that did not start, and so changed nothing. */
  readonly failedDeploy?: FailedDeploy;
}

export interface VersionInfo {
  readonly version: number;
  readonly role: VersionRole;
  readonly createdAt: string;
  readonly image: string;
  /** Of the calls of the plain name. */
  readonly percent: number;
  readonly aliases: readonly { readonly name: string; readonly weight: number }[];
  /** The version before this one, as far as it is kept; `changes` are against it. */
  readonly against?: number;
  readonly changes: readonly VersionChange[];
  readonly status: Status;
  readonly instances: number;
  /** Since the gateway started; `failures` are answers from 500 on. */
  readonly calls: number;
  readonly failures: number;
  readonly meanMs?: number;
}

export interface CanaryInfo extends Omit<Canary, 'sticky'> {
  readonly sticky?: string;
}

export interface AliasInfo extends Omit<Alias, 'sticky'> {
  readonly sticky?: string;
}

export interface FailedDeploy {
  readonly version: number;
  readonly at: string;
  readonly reason: string;
  readonly lastWords: readonly string[];
}

/** How a version runs, and what it had to do. */
export interface VersionNow {
  readonly status: Status;
  readonly instances: number;
  readonly calls: number;
  readonly failures: number;
  readonly totalMs: number;
}

export interface VersionListInput {
  readonly record: FunctionRecord;
  now(version: number): VersionNow;
  readonly failedDeploy?: Omit<FailedDeploy, 'at'> & { readonly at: number };
}

export function encodeVersions({ record, now, failedDeploy }: VersionListInput): VersionList {
  const { name, namespace, active, canary } = record;
  const newest = [...deploymentsOf(record)].sort((a, b) => b.version - a.version);
  const shares = new Map(plainShares(record).map(({ version, weight }) => [version, weight]));
  return present<VersionList>({
    name,
    namespace,
    live: active.version,
    stepBack: stepBack(record),
    canary: canary === undefined ? undefined : encodeCanary(canary),
    aliases: encodeAliases(record),
    versions: newest.map((deployment, i) => {
      const { version, createdAt, spec } = deployment;
      const before = newest[i + 1];
      const { status, instances, calls, failures, totalMs } = now(version);
      return present<VersionInfo>({
        version,
        role: roleOf(record, version),
        createdAt: rfc3339(createdAt),
        image: spec.image,
        percent: shares.get(version) ?? 0,
        aliases: (record.aliases ?? []).flatMap((alias) =>
          alias.shares.flatMap((share) =>
            share.version === version ? [{ name: alias.name, weight: share.weight }] : [],
          ),
        ),
        against: before?.version,
        changes: before === undefined ? [] : versionChanges(before, deployment),
        status,
        instances,
        calls,
        failures,
        meanMs: calls === 0 ? undefined : totalMs / calls,
      });
    }),
    failedDeploy: failedDeploy === undefined ? undefined : encodeFailedDeploy(failedDeploy),
  });
}

export function encodeCanary(canary: Canary): CanaryInfo {
  return withSticky(canary);
}

export function encodeAliases({ aliases = [] }: FunctionRecord): readonly AliasInfo[] {
  return aliases.map(withSticky);
}

export function encodeFailedDeploy({
  at,
  version,
  reason,
  lastWords,
}: Omit<FailedDeploy, 'at'> & { readonly at: number }): FailedDeploy {
  return { version, at: rfc3339(at), reason, lastWords };
}

function roleOf({ active, canary, withdrawn = [] }: FunctionRecord, version: number): VersionRole {
  if (version === active.version) return 'live';
  if (version === canary?.version) return 'canary';
  return withdrawn.includes(version) ? 'withdrawn' : 'kept';
}

function withSticky<T extends { readonly sticky?: Sticky }>({
  sticky,
  ...rest
}: T): Omit<T, 'sticky'> & { readonly sticky?: string } {
  return { ...rest, ...(sticky === undefined ? {} : { sticky: encodeSticky(sticky) }) };
}
