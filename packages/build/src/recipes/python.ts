import { runtimeParts } from '@wherry/core/languages';
import { counted, manifestText } from './manifest-file.ts';
import type { Recipe } from './recipe.ts';

/** Where the host looks for a function's own libraries. */
const folder = 'site-packages';

/** Python: installs what requirements.txt asks for, and compiles everything once and for all. */
export const python: Recipe = {
  async plan({ folder: source, manifest }, toolbox) {
    const text = await manifestText(source, 'requirements.txt');
    const wanted = requirementsIn(text ?? '');
    if (wanted.length === 0) return undefined;
    const own = await toolbox.python(manifest.runtime);
    const pip = await toolbox.pip(own);
    const reach = toolbox.reach('python');
    const constraints = (await manifestText(source, 'constraints.txt')) ?? '';
    const local = wanted.some((line) =>
      /^(?:\.|-e\b|--editable\b|-r\b|file:|\S+\.(?:whl|tar\.gz)$)/.test(line),
    );
    return {
      tools: [own, pip],
      async make(site) {
        const scripts = site.scriptsAllowed;
        const version = runtimeParts(own.version).version ?? own.version;
        // Another Python's pip installs for this one; then nothing can be compiled on the way.
        const foreign = pip.command[0] !== own.command[0];
        const install = async (): Promise<void> => {
          await site.run({
            says: `Installing ${counted(wanted.length)} with pip`,
            tool: pip,
            args: [
              ...[
                'install',
                '--target',
                folder,
                '--requirement',
                'requirements.txt',
                '--no-compile',
                '--progress-bar',
                'off',
                '--quiet',
              ],
              ...(foreign ? ['--python-version', version.split('.').slice(0, 2).join('.')] : []),
              ...(scripts && !foreign ? [] : ['--only-binary', ':all:']),
            ],
            reach,
          });
        };
        const decides = [own.version, String(scripts), process.arch, text ?? '', constraints];
        await (local ? install() : site.layer(folder, decides, install));
        // By the hash of nothing: packages have no dates, and what is in one never changes.
        await site
          .run({
            says: 'Compiling',
            tool: own,
            args: ['-m', 'compileall', '-q', '-f', '--invalidation-mode', 'unchecked-hash', '.'],
            quiet: true,
          })
          .catch(() => site.say('Some files are no Python; they stay as they are'));
        return { manifest };
      },
    };
  },
};

/** Its lines without comments; options such as --index-url do not count. */
function requirementsIn(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.replace(/(?:^|\s)#.*$/, '').trim());
  return lines.filter(
    (line) => line !== '' && (!line.startsWith('--') || /^--(?:requirement|editable)/.test(line)),
  );
}
