// What every package.json of ours has in common.
import fs from 'node:fs';
import path from 'node:path';
import { readText, root } from './source-tree.ts';

export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly license?: string;
  readonly description?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  /** Of the dashboard, which is no npm workspace: it finds ours where the others are. */
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface Workspace {
  readonly folder: string;
  readonly manifest: Manifest;
}

export function readManifests(): Workspace[] {
  return ['apps', 'packages']
    .flatMap((group) => fs.readdirSync(path.join(root, group)).map((name) => `${group}/${name}`))
    .filter((folder) => fs.existsSync(path.join(root, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: JSON.parse(readText(`${folder}/package.json`)) as Manifest }));
}

export function checkManifests(workspaces: readonly Workspace[], version: string): string[] {
  return workspaces.flatMap(({ folder, manifest }) => {
    const wrong: string[] = [];
    if (manifest.name !== `@wherry/${folder.split('/')[1]}`) wrong.push('name differs from its folder');
    if (manifest.version !== version) wrong.push(`version is not ${version}, as everywhere`);
    if (manifest.private !== true) wrong.push('is not private');
    if (manifest.type !== 'module') wrong.push('type is not module');
    if (manifest.license !== 'Apache-2.0') wrong.push('license is not Apache-2.0');
    if (!/^[A-Z].*\.$/.test(manifest.description ?? '')) wrong.push('has no sentence for a description');
    if (/\band\b/.test(manifest.description ?? '')) wrong.push('does two things: its description says "and"');
    for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
      const expected = name.startsWith('@wherry/') ? /^\*$/ : /^\d+\.\d+\.\d+$/;
      if (!expected.test(range)) wrong.push(`dependency ${name} is not pinned`);
    }
    return wrong.map((text) => `${folder}/package.json: ${text}`);
  });
}

interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

interface LockEntry {
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export function checkLock(lock: Lock): string[] {
  return Object.entries(lock.packages).flatMap(([name, entry]) => {
    const wrong: string[] = [];
    if (entry.hasInstallScript) wrong.push('runs code when it is installed');
    const foreign =
      !entry.link && entry.resolved && !entry.resolved.startsWith('https://registry.npmjs.org/');
    if (foreign) wrong.push('names a registry that others may not reach');
    // npm leaves out what its registry doesn't have, and then refuses the lock file elsewhere.
    for (const optional of Object.keys(entry.optionalDependencies ?? {})) {
      const places = [`${name}/node_modules/${optional}`, `node_modules/${optional}`];
      if (!places.some((place) => lock.packages[place])) wrong.push(`has no entry for its ${optional}`);
    }
    return wrong.map((text) => `${name} ${text}`);
  });
}
