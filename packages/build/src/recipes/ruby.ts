import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { counted, manifestText } from './manifest-file.ts';
import type { Recipe } from './recipe.ts';

const folder = 'vendor/bundle';

/** Ruby: installs the gems that the Gemfile asks for. Those with compiled parts compile them, behind the fence like everything else. */
export const ruby: Recipe = {
  async plan({ folder: source, manifest }, toolbox) {
    const gemfile = (await manifestText(source, 'Gemfile')) ?? '';
    const count = [...gemfile.matchAll(/^\s*gem\s+['"]/gm)].length;
    if (count === 0 || existsSync(join(source, folder))) return undefined;
    const lock = (await manifestText(source, 'Gemfile.lock')) ?? '';
    const own = await toolbox.ruby();
    const bundler = await toolbox.bundler();
    const reach = toolbox.reach('ruby');
    const local = /\bpath:|:path\s*=>/.test(gemfile);
    return {
      tools: [own, bundler],
      async make(site) {
        const install = async (): Promise<void> => {
          await site.run({
            says: `Installing ${counted(count)} with Bundler`,
            tool: bundler,
            args: ['install', '--jobs', '2', '--retry', '1', '--quiet'],
            env: {
              BUNDLE_PATH: folder,
              BUNDLE_DISABLE_SHARED_GEMS: 'true',
              BUNDLE_WITHOUT: 'development:test',
              ...(lock === '' ? {} : { BUNDLE_FROZEN: 'true' }),
            },
            reach,
          });
        };
        if (local) await install();
        else await site.layer(folder, [own.version, bundler.version, process.arch, gemfile, lock], install);
        return { manifest, leftOut: ['vendor/bundle/ruby/*/cache', 'vendor/bundle/ruby/*/doc'] };
      },
    };
  },
};
