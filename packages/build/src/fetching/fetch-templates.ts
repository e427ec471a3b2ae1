import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackArchive } from './archive.ts';
import { cloned } from './git.ts';
import type { TemplateSource } from './template-source.ts';
import { unusable } from './unusable.ts';

/** One template of a source. */
export interface FetchedTemplate {
  readonly name: string;
  readonly folder: string;
  /** SHA-256 over the names and contents of its files: what a lock pins. */
  readonly digest: string;
}

export interface Fetched {
  readonly templates: readonly FetchedTemplate[];
  /** The commit; undefined for archives. */
  readonly sha: string | undefined;
  /** Removes what was fetched from this machine. */
  discard(): Promise<void>;
}

/** Fetches the templates of a source: every folder in its `template/`. `env` is what git is run with. Throws `bad_value` with what was wrong. */
export async function fetchTemplates(
  source: TemplateSource,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Fetched> {
  const folder = await mkdtemp(join(tmpdir(), 'wherry-template-'));
  const discard = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const tree = join(folder, 'tree');
    const sha = isArchive(source.address)
      ? await unpackArchive(source.address, tree, signal)
      : await cloned(source, tree, env, signal);
    const templates = await templatesIn(tree);
    if (templates.length === 0)
      throw unusable(`${source.address} has no folder template/NAME with a template.yml in it`);
    return { templates, sha, discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

const isArchive = (address: string): boolean => /\.(?:tar\.gz|tgz|tar)$/.test(address.replace(/[?#].*$/, ''));

async function templatesIn(tree: string): Promise<readonly FetchedTemplate[]> {
  const within = join(tree, 'template');
  if (!existsSync(within)) return [];
  const found: FetchedTemplate[] = [];
  for (const name of (await readdir(within)).sort()) {
    const folder = join(within, name);
    if (!/^[a-z0-9][a-z0-9._-]{0,63}$/i.test(name) || !existsSync(join(folder, 'template.yml'))) continue;
    found.push({ name, folder, digest: await digestOf(folder) });
  }
  return found;
}

/** Of all files of a template, links not counted: they are not taken either. */
export async function digestOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const names = await readdir(folder, { recursive: true });
  for (const name of names.map((one) => one.replaceAll('\\', '/')).sort()) {
    const path = join(folder, name);
    if (name === 'meta.json' || !(await lstat(path)).isFile()) continue;
    hash
      .update(`${name}\n`)
      .update(await readFile(path))
      .update('\n');
  }
  return hash.digest('hex');
}

/** Puts a template into a project, in the place of the one that is there. No link comes along: it would lead somewhere else there. */
export async function placeTemplate(template: FetchedTemplate, into: string): Promise<void> {
  const to = join(into, template.name);
  await mkdir(into, { recursive: true });
  await rm(to, { recursive: true, force: true });
  await cp(template.folder, to, {
    recursive: true,
    filter: async (path) => !(await lstat(path)).isSymbolicLink(),
  });
}
