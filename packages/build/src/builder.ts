import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asWherryError, WherryError } from '@wherry/core/errors';
import { runtimeParts } from '@wherry/core/languages';
import type { Builder, Source } from '@wherry/core/ports/builder';
import type { PackageStore, StoredPackage } from '@wherry/core/ports/package-store';
import type { JobLimits, Workshop } from '@wherry/core/ports/workshop';
import { builtFiles } from './built-files.ts';
import { Layers } from './layers.ts';
import { pack } from './packing/archive.ts';
import type { SourceFile } from './packing/source.ts';
import { remove } from './removing.ts';
import { recipes } from './recipes/all.ts';
import type { Ingredients, Plan } from './recipes/recipe.ts';
import type { Shelf } from './shelf.ts';
import { Site } from './site.ts';
import type { Toolbox } from './tools/toolbox.ts';

export interface RecipeBuilderOptions {
  /** A private folder on the same file system as the packages. */
  readonly folder: string;
  readonly packages: PackageStore;
  readonly workshop: Workshop;
  readonly toolbox: Toolbox;
  readonly limits: JobLimits;
  readonly now: () => number;
}

/** Raised when recipes make something else of the same source. */
const revision = 1;

/** Builds by recipes, one for each language. */
export class RecipeBuilder implements Builder {
  readonly #options: RecipeBuilderOptions;

  private constructor(options: RecipeBuilderOptions) {
    this.#options = options;
  }

  /** Clears what builds of a gateway that was killed have left. */
  static async open(options: RecipeBuilderOptions): Promise<RecipeBuilder> {
    const sites = join(options.folder, 'sites');
    await mkdir(sites, { recursive: true, mode: 0o711 });
    for (const left of await readdir(sites)) await remove(join(sites, left));
    return new RecipeBuilder(options);
  }

  async keyOf(source: Source): Promise<string | undefined> {
    const plan = await this.#plan(source);
    if (plan === undefined) return undefined;
    const { stored, namespace, args } = source;
    const tools = plan.tools.map(({ name, version }) => [name, version]);
    const words = [
      revision,
      namespace,
      stored.digest,
      Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1)),
      tools,
      process.platform,
      process.arch,
    ];
    return createHash('sha256').update(JSON.stringify(words)).digest('hex');
  }

  async build(source: Source, told: (line: string) => void, signal: AbortSignal): Promise<StoredPackage> {
    const { stored, namespace, name, args, secrets = new Map() } = source;
    const { folder, packages, workshop, limits, now } = this.#options;
    const plan = await this.#plan(source);
    if (plan === undefined) return stored;
    const own = join(folder, 'sites', randomBytes(6).toString('hex'));
    const shelves = this.#shelves(namespace);
    const shelf = (at: string): Shelf => ({
      caches: join(at, 'caches'),
      layers: new Layers(join(at, 'layers')),
    });
    const site = new Site({
      folder: own,
      shelf: shelf(shelves),
      ownShelf: shelf(join(shelves, 'functions', name)),
      source: stored.digest,
      ...{ namespace, workshop, limits, now, args, told, signal, secrets },
    });
    try {
      await site.open(await packages.folder(stored.digest));
      const { manifest, leftOut = [], added = [] } = await plan.make(site);
      const files = await builtFiles(site.code, [...neverPacked, ...leftOut], signal);
      const archive = await pack(manifest, await withAdded(files, added));
      try {
        // What was in the source has been looked at; what a compiler made of it holds no new secrets.
        return await packages.put(
          createReadStream(archive.path),
          files.map(({ path }) => path),
        );
      } finally {
        archive.discard();
      }
    } catch (error) {
      throw error instanceof WherryError ? error : asWherryError(error, 'build');
    } finally {
      await remove(own);
    }
  }

  async forget(namespace: string): Promise<void> {
    const { folder } = this.#options;
    const going = join(folder, 'sites', randomBytes(6).toString('hex'));
    // Out of the way first, so that nobody finds half of it.
    try {
      await rename(this.#shelves(namespace), going);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    await remove(going);
  }

  #shelves(namespace: string): string {
    return join(this.#options.folder, 'namespaces', namespace);
  }

  async #plan({ stored, args }: Source): Promise<Plan | undefined> {
    const { manifest, digest } = stored;
    const recipe = recipes[runtimeParts(manifest.runtime).name];
    if (recipe === undefined) return undefined;
    const source: Ingredients = { folder: await this.#options.packages.folder(digest), manifest, args };
    return recipe.plan(source, this.#options.toolbox);
  }
}

/** Traces of tools in what they have installed. */
const neverPacked = [
  '.git',
  '**/node_modules/.bin',
  '**/node_modules/.cache',
  '**/node_modules/.package-lock.json',
  '**/bin/__pycache__',
];

async function withAdded(
  files: readonly SourceFile[],
  added: readonly { readonly path: string; readonly from: string }[],
): Promise<readonly SourceFile[]> {
  const ours = await Promise.all(
    added.map(async ({ path, from }) => ({ path, from, size: (await stat(from)).size, executable: false })),
  );
  const names = new Set(ours.map(({ path }) => path));
  const all = [...files.filter(({ path }) => !names.has(path)), ...ours];
  return all.sort((a, b) => (a.path < b.path ? -1 : 1));
}
