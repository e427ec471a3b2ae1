import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { noBundle } from '@wherry/core/build';
import { bundle, wantsBundle } from '../bundling/bundle.ts';
import type { Site } from '../site.ts';
import type { Tool } from '../tools/tool.ts';
import type { Reach } from '../tools/registries.ts';
import { counted, jsonManifest, manifestText, namesIn } from './manifest-file.ts';
import type { Ingredients, Recipe } from './recipe.ts';

/** JavaScript and TypeScript: installs what package.json asks for, and makes one file of it all where that is safe. */
export const node: Recipe = {
  async plan(source, toolbox) {
    const install = await dependenciesOf(source);
    const bundled = source.args[noBundle] !== 'false' && wantsBundle(source, install !== undefined);
    if (install === undefined && !bundled) return undefined;
    const npm = install === undefined ? undefined : await toolbox.npm();
    const bundler = toolbox.node();
    const own = await toolbox.nodeOf(source.manifest.runtime);
    const reach = toolbox.reach('npm');
    return {
      tools: [...(npm === undefined ? [] : [npm]), ...(bundled ? [bundler, own] : [])],
      async make(site) {
        if (install !== undefined && npm !== undefined) await installed(site, install, npm, reach);
        const { manifest } = source;
        if (!bundled) return { manifest };
        return bundle(site, manifest, bundler, own);
      },
    };
  },
};

interface Install {
  readonly count: number;
  /** Everything that decides what is installed. */
  readonly texts: readonly string[];
  readonly locked: boolean;
  /** Whether other files of the source may decide too: folders that are dependencies, workspaces, patches. */
  readonly whole: boolean;
}

/** What has to be installed; undefined where nothing has, or it came with the source. */
async function dependenciesOf({ folder }: Ingredients): Promise<Install | undefined> {
  const own = await jsonManifest(folder, 'package.json');
  if (own === undefined || existsSync(join(folder, 'node_modules'))) return undefined;
  const wanted = { ...objectOf(own.value['dependencies']), ...objectOf(own.value['optionalDependencies']) };
  const count = namesIn(wanted).length;
  if (count === 0) return undefined;
  const lock = await manifestText(folder, 'package-lock.json');
  const shrinkwrap = await manifestText(folder, 'npm-shrinkwrap.json');
  const settings = await manifestText(folder, '.npmrc');
  const texts = [own.text, lock ?? '', shrinkwrap ?? '', settings ?? ''];
  const plain = Object.values(wanted).every((range) =>
    /^[\w.^~<>=|* \-+]{0,100}$|^npm:[\w@/.^~<>=*-]{1,100}$/.test(String(range)),
  );
  const whole =
    !plain ||
    ['workspaces', 'overrides', 'bundleDependencies', 'bundledDependencies'].some((key) => key in own.value);
  return { count, texts, locked: (lock ?? shrinkwrap) !== undefined, whole };
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

async function installed(
  site: Site,
  { count, texts, locked, whole }: Install,
  npm: Tool,
  reach: Reach,
): Promise<void> {
  const scripts = site.scriptsAllowed;
  const install = (): Promise<unknown> =>
    site.run({
      says: `Installing ${counted(count)} with npm`,
      tool: npm,
      args: [
        locked ? 'ci' : 'install',
        ...['--omit=dev', '--no-audit', '--no-fund', '--no-update-notifier', '--prefer-offline'],
        ...['--install-links', '--loglevel=warn', scripts ? '--foreground-scripts' : '--ignore-scripts'],
      ],
      reach,
    });
  const decides = [npm.version, process.arch, ...texts];
  await site.layer('node_modules', { decides, whole, risky: false }, async () => {
    await install();
  });
}
