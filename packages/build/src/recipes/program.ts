import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Site } from '../site.ts';
import { counted, jsonManifest, manifestText, namesIn } from './manifest-file.ts';
import { pipInstall } from './pip-install.ts';
import { requirementsIn } from './python.ts';
import type { Plan, Recipe } from './recipe.ts';

/** Where manifests stand in a template with a function in it. */
const places = ['', 'function'];

/**
 * A program, and any template that we have no recipe for: whatever its manifests ask for is installed beside them, and a Go module at the
 * top is compiled, as the Dockerfiles of such templates do.
 */
export const program: Recipe = {
  async plan({ folder, manifest }, toolbox) {
    const makers: (Pick<Plan, 'tools'> & { make(site: Site): Promise<void> })[] = [];
    const env: Record<string, string> = {};
    for (const place of places) {
      const at = join(folder, place);
      const node = existsSync(join(at, 'node_modules')) ? undefined : await jsonManifest(at, 'package.json');
      const packages = namesIn(node?.value['dependencies']).length;
      if (packages > 0) {
        const npm = await toolbox.npm();
        const reach = toolbox.reach('npm');
        makers.push({
          tools: [npm],
          make: async (site) => {
            await site.run({
              says: `Installing ${counted(packages)} with npm`,
              tool: npm,
              cwd: insideOf(place),
              args: [
                ...['install', '--omit=dev', '--no-audit', '--no-fund', '--install-links', '--loglevel=warn'],
                ...(site.scriptsAllowed ? [] : ['--ignore-scripts']),
              ],
              reach,
            });
          },
        });
      }
      const requirements = requirementsIn((await manifestText(at, 'requirements.txt')) ?? '');
      if (requirements.length > 0) {
        const own = await toolbox.python('python');
        const pip = await toolbox.pip(own);
        const reach = toolbox.reach('python');
        env['PYTHONPATH'] = '/function/code/site-packages';
        const file = place === '' ? 'requirements.txt' : `${place}/requirements.txt`;
        const says = `Installing ${counted(requirements.length)} with pip`;
        makers.push({
          tools: [own, pip],
          make: (site) => pipInstall(site, { own, pip, reach, to: 'site-packages', file, extra: [], says }),
        });
      }
    }
    if (existsSync(join(folder, 'go.mod')) && existsSync(join(folder, 'main.go'))) {
      const go = await toolbox.go();
      const reach = toolbox.reach('go');
      makers.push({
        tools: [go],
        make: async (site) => {
          await site.run({
            says: 'Compiling with Go',
            tool: go,
            args: ['build', '-mod=mod', '-o', 'handler', '.'],
            reach,
          });
        },
      });
    }
    if (makers.length === 0) return undefined;
    return {
      tools: makers.flatMap(({ tools }) => tools),
      async make(site) {
        for (const maker of makers) await maker.make(site);
        return { manifest: { ...manifest, env: { ...env, ...manifest.env } } };
      },
    };
  },
};

const insideOf = (place: string): string => (place === '' ? '/function/code' : `/function/code/${place}`);
