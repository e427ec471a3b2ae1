import { WherryError } from '@wherry/core/errors';

/** Of the file as a whole; raised when a program of today could no longer read it. */
export const backupFormat = 1;

export const aboutFile = 'about.json';
export const databaseFile = 'wherry.db';
export const configFile = 'config.yaml';
export const keysFile = 'keys.json';
export const contentsFile = 'contents.json';

const packageMember = /^packages\/([0-9a-f]{64})\.tar$/;

export const packageMemberOf = (digest: string): string => `packages/${digest}.tar`;

/** The digest of the package that a member is; undefined for every other member. */
export function packageOfMember(name: string): string | undefined {
  return packageMember.exec(name)?.[1];
}

/** Whether a backup may hold a member of that name: nothing else is ever read, let alone written. */
export function isMember(name: string): boolean {
  return (
    [aboutFile, databaseFile, configFile, keysFile, contentsFile].includes(name) || packageMember.test(name)
  );
}

/** The first member: who can read the rest. */
export interface About {
  readonly format: number;
  /** The Wherry that made it. */
  readonly program: string;
  /** Of the database in it. */
  readonly schema: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The machine that it was made on. */
  readonly host: string;
  /** Whether calls, logs and ends of instances are in it. */
  readonly history: boolean;
  /** How the gateway's keys are in it, if they are. */
  readonly keys: 'none' | 'clear' | 'passphrase';
}

export interface Member {
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal SHA-256. */
  readonly sha256: string;
}

/** The last member: what has to be in a whole backup. One that was cut off has none. */
export interface Contents extends About {
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Rows of the database that were damaged when this was made. They are in it as they are. */
  readonly damaged: number;
  /** Digests of packages that something refers to and that were not there. */
  readonly missingPackages: readonly string[];
  readonly members: readonly Member[];
}

const component = 'backup';

/** `backup_refused`: a file that is no sound backup, or not one that this program can read. */
export function refused(why: string, next?: string): WherryError {
  return new WherryError('backup_refused', why, { component, ...(next === undefined ? {} : { next }) });
}

/** Throws `backup_refused`, for a newer format before anything else of it is looked at. */
export function readAbout(text: string, knownSchema: number): About {
  const about = objectIn(text, aboutFile);
  const { format, program, schema, at, host, history, keys } = about;
  const by = typeof program === 'string' ? `Wherry ${program.slice(0, 40)}` : 'another Wherry';
  if (typeof format !== 'number' || typeof schema !== 'number') throw refused(`${aboutFile} names no format`);
  if (format > backupFormat || schema > knownSchema) {
    const what = format > backupFormat ? `format ${format}` : `a database with schema ${schema}`;
    const known = format > backupFormat ? backupFormat : knownSchema;
    throw refused(
      `it was made by ${by} and has ${what}; this program knows up to ${known}`,
      `Restore it with ${by}, or a later one; nothing was changed.`,
    );
  }
  if (
    typeof program !== 'string' ||
    typeof at !== 'number' ||
    typeof host !== 'string' ||
    typeof history !== 'boolean' ||
    !(keys === 'none' || keys === 'clear' || keys === 'passphrase')
  )
    throw refused(`${aboutFile} lacks something`);
  return { format, program, schema, at, host, history, keys };
}

export function readContents(text: string, about: About): Contents {
  const { rows, damaged, missingPackages, members } = objectIn(text, contentsFile);
  const sound =
    typeof rows === 'object' &&
    rows !== null &&
    Object.values(rows).every((count) => typeof count === 'number') &&
    typeof damaged === 'number' &&
    Array.isArray(missingPackages) &&
    missingPackages.every((one) => typeof one === 'string') &&
    Array.isArray(members) &&
    members.every(isMemberEntry);
  if (!sound) throw refused(`${contentsFile} lacks something`);
  return {
    ...about,
    rows: rows as Contents['rows'],
    damaged: damaged as number,
    missingPackages: missingPackages as string[],
    members: members as Member[],
  };
}

function isMemberEntry(value: unknown): value is Member {
  const { name, bytes, sha256 } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof name === 'string' && isMember(name) && typeof bytes === 'number' && typeof sha256 === 'string'
  );
}

function objectIn(text: string, name: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused(`${name} is no JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused(`${name} is no object`);
  return value as Record<string, unknown>;
}
