import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Site } from '../site.ts';
import { counted, jsonManifest, namesIn } from './manifest-file.ts';
import type { Recipe } from './recipe.ts';

const runner = join(import.meta.dirname, '../../../runtime/php/index.php');
const runnerName = 'wherry-runner.php';

/** PHP: Composer's libraries, and the file that starts the handler for each call. */
export const php: Recipe = {
  async plan({ folder, manifest }, toolbox) {
    const tool = await toolbox.php();
    const own = await jsonManifest(folder, 'composer.json');
    const wanted = namesIn(own?.value['require']).filter(
      (name) => name !== 'php' && !name.startsWith('ext-'),
    );
    // An autoloader is worth a run of Composer even without libraries.
    const install = own !== undefined && !existsSync(join(folder, 'vendor'));
    const composer = install ? await toolbox.composer() : undefined;
    const reach = toolbox.reach('composer');
    return {
      tools: [tool, ...(composer === undefined ? [] : [composer])],
      async make(site: Site) {
        if (composer !== undefined)
          await site.run({
            says:
              wanted.length === 0
                ? 'Making the autoloader with Composer'
                : `Installing ${counted(wanted.length)} with Composer`,
            tool: composer,
            args: [
              ...['install', '--no-dev', '--no-interaction', '--no-progress', '--no-ansi', '--prefer-dist'],
              ...['--classmap-authoritative'],
              ...(site.scriptsAllowed ? [] : ['--no-scripts', '--no-plugins']),
            ],
            reach,
          });
        return {
          manifest: {
            ...manifest,
            entry: runnerName,
            signature: 'process',
            env: { ...manifest.env, fprocess: `php ${runnerName}` },
          },
          added: [{ path: runnerName, from: runner }],
        };
      },
    };
  },
};
