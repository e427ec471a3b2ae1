import { packageDigest } from '@wherry/core/packages';
import type { VersionChange } from '@wherry/core/rules/version-changes';
import type { AliasInfo, CanaryInfo, VersionInfo, VersionList } from '@wherry/wire/versions';
import { paintStatus } from '../commands/status-words.ts';
import { escapeLine } from './escape.ts';
import { ago, milliseconds } from './quantities.ts';
import type { Style } from './style.ts';
import { type Column, table } from './table.ts';

/** Of a package's digest: enough to tell two apart. */
const shownDigest = 12;

/** The versions of a function, the newest first. */
export function versionTable(list: VersionList, style: Style, now: number, width: number): string {
  const columns: Column<VersionInfo>[] = [
    { head: 'VERSION', cell: ({ version }) => String(version), right: true },
    {
      head: 'ROLE',
      cell: ({ role }) => role,
      paint: (text, { role }) =>
        role === 'live' ? style.good(text) : role === 'canary' ? style.warn(text) : style.dim(text),
    },
    { head: 'TRAFFIC', cell: ({ percent }) => (percent === 0 ? '-' : `${percent} %`), right: true },
    { head: 'DEPLOYED', cell: ({ createdAt }) => ago(createdAt, now) },
    {
      head: 'STATUS',
      cell: ({ status }) => status,
      paint: (text, { status }) => paintStatus(status, text, style),
    },
    { head: 'CALLS', cell: ({ calls }) => String(calls), right: true },
    {
      head: 'ERRORS',
      cell: ({ failures }) => String(failures),
      right: true,
      paint: (text, { failures }) => (failures > 0 ? style.bad(text) : text),
    },
    { head: 'MEAN', cell: ({ meanMs }) => (meanMs === undefined ? '-' : milliseconds(meanMs)), right: true },
    ...(list.aliases.length === 0 ? [] : [{ head: 'ALIASES', cell: aliasesOf }]),
    { head: 'CHANGED', cell: changesOf },
    {
      head: 'IMAGE',
      cell: ({ image }) => packageDigest(image)?.slice(0, shownDigest) ?? image,
      shrinks: true,
    },
  ];
  return table(columns, list.versions, width);
}

export function aliasTable(aliases: readonly AliasInfo[], width: number): string {
  return table<AliasInfo>(
    [
      { head: 'ALIAS', cell: ({ name }) => name },
      { head: 'VERSIONS', cell: sharesText },
      { head: 'STICKY', cell: ({ sticky }) => sticky ?? '-' },
    ],
    aliases,
    width,
  );
}

/** `3 (90 %), 4 (10 %)`; one alone takes all and says nothing of it. */
export function sharesText({ shares }: Pick<AliasInfo, 'shares'>): string {
  const whole = shares.reduce((sum, { weight }) => sum + weight, 0);
  if (shares.length === 1) return String(shares[0]?.version);
  return shares
    .map(({ version, weight }) => `${version} (${percentText((weight / whole) * 100)})`)
    .join(', ');
}

/** Why the newest code may not be what runs; undefined where all went well. */
export function failedDeployText(
  of: Pick<VersionList, 'failedDeploy'> & ({ readonly live: number } | { readonly version: number }),
  now: number,
): string | undefined {
  const { failedDeploy } = of;
  const live = 'live' in of ? of.live : of.version;
  if (failedDeploy === undefined) return undefined;
  const { version, at, reason } = failedDeploy;
  return `Version ${version} did not start (${ago(at, now)}), and version ${live} goes on: ${escapeLine(reason)}`;
}

export function canaryText({ version, percent, sticky }: CanaryInfo): string {
  return `version ${version} takes ${percent} % of the calls${sticky === undefined ? '' : `, sticky by ${sticky}`}`;
}

function percentText(percent: number): string {
  return `${Number(percent.toFixed(1))} %`;
}

function aliasesOf({ aliases }: VersionInfo): string {
  return aliases.map(({ name }) => name).join(', ') || '-';
}

/** `image, env +NEW -GONE ~OTHER`. */
function changesOf({ against, changes }: VersionInfo): string {
  if (against === undefined) return '-';
  return changes.map(changeText).join(', ') || 'nothing';
}

function changeText({ what, added = [], removed = [], changed = [] }: VersionChange): string {
  const keys = [
    ...added.map((key) => `+${key}`),
    ...removed.map((key) => `-${key}`),
    ...changed.map((key) => `~${key}`),
  ];
  const shown =
    keys.length > mostKeys ? [...keys.slice(0, mostKeys), `and ${keys.length - mostKeys} more`] : keys;
  return [what, ...shown].join(' ');
}

const mostKeys = 4;
