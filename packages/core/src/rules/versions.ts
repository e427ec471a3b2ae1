import { WherryError } from '../errors.ts';
import type { Deployment, FunctionRecord } from '../function.ts';
import { fullName } from '../names.ts';
import type { Alias, Canary, Share } from '../traffic.ts';

/** Versions of a function that are kept, the live one included. Those that an alias or a canary names come on top. */
export const mostVersions = 10;

const component = 'versions';

/** All versions of a function that there are, the live one first. */
export function deploymentsOf(record: FunctionRecord): readonly Deployment[] {
  return [record.active, ...(record.kept ?? [])];
}

/** The version of that number. Throws `version_unknown`. */
export function deploymentAt(record: FunctionRecord, version: number): Deployment {
  return (
    deploymentsOf(record).find((one) => one.version === version) ??
    unknownVersion(record, `version ${version}`)
  );
}

/** Who takes the calls of the plain name, in per cent: the live version, and before it one that is being tried. */
export function plainShares({ active, canary }: FunctionRecord): readonly Share[] {
  const tried = canary?.percent ?? 0;
  const live = { version: active.version, weight: 100 - tried };
  return canary === undefined || tried === 0 ? [live] : [{ version: canary.version, weight: tried }, live];
}

/** Versions that calls are led to by the plain name or by an alias; always the live one, which owns the function's addresses. */
export function ledVersions(record: FunctionRecord): ReadonlySet<number> {
  const shares = [...plainShares(record), ...(record.aliases ?? []).flatMap((alias) => alias.shares)];
  return new Set([record.active.version, ...shares.map(({ version }) => version)]);
}

/**
 * Where a step back leads to: the live version alone where another is being tried beside it, else the version that was live last and was not
 * gone back from itself. Undefined where there is none.
 */
export function stepBack({ active, canary, kept = [], withdrawn = [] }: FunctionRecord): number | undefined {
  if (canary !== undefined) return active.version;
  return kept.find(({ version }) => !withdrawn.includes(version))?.version;
}

/** A version, new or kept, takes all calls of the plain name. A trial ends with that. */
export function goneLive(record: FunctionRecord, deployment: Deployment): FunctionRecord {
  const { version } = deployment;
  const earlier = deploymentsOf(record).filter((one) => one.version !== version);
  const { withdrawn = [], canary, active } = record;
  // Whoever goes back has a reason not to come here again by the next step back.
  const left = version < active.version ? [active.version] : [];
  const tried = canary === undefined || canary.version === version ? [] : [canary.version];
  return next(record, {
    active: deployment,
    kept: earlier,
    canary: undefined,
    withdrawn: [...withdrawn, ...left, ...tried].filter((one) => one !== version),
  });
}

/** A new version is tried beside the live one, in the place of one that is being tried. */
export function tried(record: FunctionRecord, deployment: Deployment, canary: Canary): FunctionRecord {
  const ended = canaryEnded(record);
  return next(record, { ...ended, kept: [deployment, ...(record.kept ?? [])], canary });
}

/** The version that is being tried takes another share. */
export function shared(record: FunctionRecord, canary: Canary): FunctionRecord {
  return next(record, { canary });
}

/** All calls go to the live version again. */
export function aborted(record: FunctionRecord): FunctionRecord {
  return next(record, canaryEnded(record));
}

export function aliased(record: FunctionRecord, alias: Alias): FunctionRecord {
  for (const { version } of alias.shares) deploymentAt(record, version);
  const others = (record.aliases ?? []).filter(({ name }) => name !== alias.name);
  const aliases = [...others, alias].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (aliases.length > mostAliases)
    throw new WherryError(
      'bad_value',
      `${fullName(record)} has ${mostAliases} aliases, and may not have more`,
      {
        component,
      },
    );
  return next(record, { aliases });
}

const mostAliases = 50;

/** Throws `version_unknown` where there is no such alias. */
export function unaliased(record: FunctionRecord, alias: string): FunctionRecord {
  const { aliases = [] } = record;
  const left = aliases.filter(({ name }) => name !== alias);
  if (left.length === aliases.length) return unknownVersion(record, `alias ${alias}`);
  return next(record, { aliases: left });
}

export function unknownVersion(record: Pick<FunctionRecord, 'name' | 'namespace'>, what: string): never {
  throw new WherryError('version_unknown', `${fullName(record)} has no ${what}`, {
    component,
    name: record.name,
  });
}

function canaryEnded({ canary, withdrawn = [] }: FunctionRecord): Changes {
  return canary === undefined ? {} : { canary: undefined, withdrawn: [...withdrawn, canary.version] };
}

type Changes = {
  [K in 'active' | 'kept' | 'canary' | 'aliases' | 'withdrawn']?: FunctionRecord[K] | undefined;
};

/** The record after a change: what is kept too long is left out, and empty parts are not there, as in records of earlier releases. */
function next(record: FunctionRecord, changes: Changes): FunctionRecord {
  const merged = { ...record, ...changes } as FunctionRecord;
  const { kept: _, canary, aliases = [], withdrawn = [], ...rest } = merged;
  const kept = keptOf(merged);
  const there = new Set(kept.map(({ version }) => version));
  const left = withdrawn.filter((version) => there.has(version));
  return {
    ...rest,
    revision: record.revision + 1,
    ...(kept.length === 0 ? {} : { kept }),
    ...(canary === undefined ? {} : { canary }),
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(left.length === 0 ? {} : { withdrawn: [...new Set(left)] }),
  };
}

function keptOf(record: FunctionRecord): readonly Deployment[] {
  const { kept = [], canary } = record;
  const named = new Set(ledVersions(record));
  if (canary !== undefined) named.add(canary.version);
  let room = mostVersions - 1;
  return kept.filter(({ version }) => {
    room -= 1;
    return room >= 0 || named.has(version);
  });
}
