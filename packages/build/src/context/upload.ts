import { createReadStream } from 'node:fs';
import { lstat, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { PackageManifest } from '@wherry/core/packages';
import type { Strings } from '@wherry/core/function';
import { pack, type Archive } from '../packing/archive.ts';
import { readSource } from '../packing/source.ts';
import { refused } from '../recipes/manifest-file.ts';
import { planOf } from './context.ts';

/** What a client of OpenFaaS's remote builder wants besides: `com.openfaas.docker.config` in its archive. */
export interface BuilderConfig {
  readonly image: string;
  readonly buildArgs: Strings;
}

/** An upload, unpacked and understood. */
export interface Upload {
  readonly config: BuilderConfig;
  readonly manifest: PackageManifest;
  /** The source as a package. */
  readonly archive: Archive;
  /** `com.openfaas.secrets`, as it came. */
  readonly secrets: string | undefined;
  /** What its Dockerfile does and this build does not. */
  readonly notDone: readonly string[];
}

const configName = 'com.openfaas.docker.config';
const secretsName = 'com.openfaas.secrets';
const mostFiles = 50_000;
const mostUnpacked = 512 * 2 ** 20;
const mostSmall = 2 ** 20;

/**
 * Reads the archive that `faas-cli publish --remote-builder` sends: `context/` and its two companions. `folder` is empty, and private. Throws
 * `build_refused` with what was wrong.
 */
export async function readUpload(archive: string, folder: string): Promise<Upload> {
  const tree = join(folder, 'tree');
  await mkdir(tree, { recursive: true, mode: 0o700 });
  await unpacked(archive, tree);
  const config = readConfig(await small(join(tree, configName)));
  const context = join(tree, 'context');
  const files = await filesIn(context);
  if (files.length === 0) throw refused('the archive has no files in context/');
  const { readTemplate } = await import('./template-lines.ts');
  const template = readTemplate(await small(join(context, 'template.yml')));
  const handlerFolder = template.handlerFolder ?? 'function';
  const {
    manifest,
    folder: own,
    notDone,
  } = planOf({
    language: template.language,
    fprocess: template.fprocess,
    dockerfile: await small(join(context, 'Dockerfile')),
    handlerFolder,
    files,
  });
  const source = await readSource(own === '' ? context : join(context, own));
  return {
    config,
    manifest,
    archive: await pack(manifest, source),
    secrets: await small(join(tree, secretsName)),
    notDone,
  };
}

async function unpacked(archive: string, into: string): Promise<void> {
  const { Unpack } = await import('tar');
  let [files, bytes, wrong] = [0, 0, ''];
  const unpack = new Unpack({
    cwd: into,
    strict: false,
    preserveOwner: false,
    // The library keeps names inside; links and devices it is never asked for.
    filter: (path, entry) => {
      files += 1;
      bytes += entry.size ?? 0;
      if (files > mostFiles) wrong ||= `more than ${mostFiles} files`;
      else if (bytes > mostUnpacked) wrong ||= `more than ${mostUnpacked} bytes unpacked`;
      else if (path.split('/').includes('..')) wrong ||= `${JSON.stringify(path)} leads out of the archive`;
      return wrong === '' && 'type' in entry && (entry.type === 'File' || entry.type === 'Directory');
    },
  });
  try {
    await pipeline(createReadStream(archive), unpack as unknown as NodeJS.WritableStream);
  } catch (error) {
    throw refused(`the archive cannot be unpacked: ${(error as Error).message}`);
  }
  if (wrong !== '') throw refused(wrong);
}

function readConfig(text: string | undefined): BuilderConfig {
  if (text === undefined) throw refused(`the archive has no ${configName}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refused(`${configName}: ${(error as Error).message}`);
  }
  const { image, buildArgs } = (value ?? {}) as Record<string, unknown>;
  if (typeof image !== 'string' || image === '') throw refused(`${configName}: "image" is missing`);
  const args = typeof buildArgs === 'object' && buildArgs !== null ? Object.entries(buildArgs) : [];
  if (args.some(([, one]) => typeof one !== 'string'))
    throw refused(`${configName}: "buildArgs" is no map of texts`);
  return { image, buildArgs: Object.fromEntries(args) as Record<string, string> };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return names
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );
}

async function small(path: string): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile() !== true || found.size > mostSmall) return undefined;
  return readFile(path, 'utf8');
}
