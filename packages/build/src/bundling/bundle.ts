import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PackageManifest } from '@wherry/core/packages';
import type { Shown } from '@wherry/core/ports/workshop';
import type { Site } from '../site.ts';
import type { Made } from '../recipes/recipe.ts';
import { places } from '../site.ts';
import type { Tool } from '../tools/tool.ts';
import type { Ingredients } from '../recipes/recipe.ts';

const here = import.meta.dirname;
const inside = '/opt/wherry/build';

/** What the bundler says of its work. */
interface Report {
  /** The file to load, relative to the code; absent where the code stays as it is, and `why`. */
  readonly entry?: string;
  readonly why?: string;
  readonly modules: number;
  /** Packages that had to stay outside, with the reason. */
  readonly outside: Readonly<Record<string, string>>;
  /** Whether anything is still loaded from node_modules. */
  readonly needsModules: boolean;
}

/** Whether there is anything to gain: a dependency, more than one file, or TypeScript that Node might not take. */
export function wantsBundle({ folder, manifest }: Ingredients, installs: boolean): boolean {
  if (installs || existsSync(join(folder, 'node_modules'))) return true;
  return /\.[cm]?ts$/.test(manifest.entry);
}

/** Makes one file of a function's own code and its libraries, where it would do the same; else leaves it as it is and says why. */
export async function bundle(site: Site, manifest: PackageManifest, node: Tool, own: Tool): Promise<Made> {
  const target = `node${own.version.split('.')[0]}`;
  const order = { code: places.code, entry: manifest.entry, target, node: own.command[0] };
  const lines = await site.run({
    says: 'Bundling',
    tool: { ...node, shown: [...node.shown, ...own.shown] },
    args: [`${inside}/bundle.mjs`, JSON.stringify(order)],
    shown: [{ from: join(here, 'inside'), to: inside }, ...libraries()],
    quiet: true,
  });
  const report = reportIn(lines);
  if (report.entry === undefined) {
    site.say(`Kept as it is: ${report.why ?? 'the bundler said nothing'}`);
    return { manifest };
  }
  const outside = Object.entries(report.outside).map(([name, why]) => `${name} (${why})`);
  site.say(
    `Bundled ${report.modules} modules${outside.length === 0 ? '' : `; not bundled: ${outside.join(', ')}`}`,
  );
  const made: Made = { manifest: { ...manifest, entry: report.entry } };
  return report.needsModules ? made : { ...made, leftOut: ['node_modules'] };
}

function reportIn(lines: readonly string[]): Report {
  const line = lines.findLast((one) => one.startsWith('{'));
  try {
    return JSON.parse(line ?? '') as Report;
  } catch {
    return { why: 'the bundler said nothing', modules: 0, outside: {}, needsModules: true };
  }
}

/** The bundler's packages, each into the place where the script inside looks for it. */
function libraries(): readonly Shown[] {
  const modules = dirname(dirname(dirname(fileURLToPath(import.meta.resolve('rolldown')))));
  return ['rolldown', '@rolldown', '@oxc-project']
    .filter((name) => readdirSync(modules).includes(name))
    .map((name) => ({ from: join(modules, name), to: `/opt/wherry/node_modules/${name}` }));
}
