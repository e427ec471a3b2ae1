import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { counted, manifestText, searchableText } from './manifest-file.ts';
import type { Recipe } from './recipe.ts';

const folder = 'vendor/bundle';
const plainLine =
  /^[ \t]*(?:#.*|(?:source|ruby)[ \t]+['"][^'"]*['"]|gem[ \t]+['"][\w.-]+['"](?:,[ \t]*['"][\w.~<>= -]+['"])*)?[ \t\r]*$/;

/** Ruby: installs the gems that the Gemfile asks for. Those with compiled parts compile them, behind the fence like everything else. */
export const ruby: Recipe = {
  async plan({ folder: source, manifest }, toolbox) {
    const gemfile = (await searchableText(source, 'Gemfile')) ?? '';
    const count = [...gemfile.matchAll(/^[ \t]*gem[ \t]+['"]/gm)].length;
    if (count === 0 || existsSync(join(source, folder))) return undefined;
    const lock = (await manifestText(source, 'Gemfile.lock')) ?? '';
    const own = await toolbox.ruby();
    const bundler = await toolbox.bundler();
    const reach = toolbox.reach('ruby');
    // A Gemfile is a program: only one of plain lines says all there is to know.
    const plain = gemfile.split('\n').every((line) => plainLine.test(line));
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
            risky: true,
          });
        };
        const decides = [own.version, bundler.version, process.arch, gemfile, lock];
        await site.layer(folder, { decides, whole: !plain, risky: true }, install);
        return { manifest, leftOut: ['vendor/bundle/ruby/*/cache', 'vendor/bundle/ruby/*/doc'] };
      },
    };
  },
};
