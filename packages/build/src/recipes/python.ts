import { join } from 'node:path';
import { debugging } from '@wherry/core/build';
import type { PackageManifest } from '@wherry/core/packages';
import { counted, manifestText, searchableText } from './manifest-file.ts';
import { type PipInstall, pipInstall } from './pip-install.ts';
import type { Recipe } from './recipe.ts';

/** Where the host looks for a function's own libraries. */
const folder = 'site-packages';
const flaskApp = 'wherry_flask.py';
const flaskSource = join(import.meta.dirname, 'inside/flask_app.py');
/** A name with versions, extras and markers (PEP 508), and nothing else: no path, no address, no option. */
const plainRequirement =
  /^[A-Za-z0-9][\w.-]*(?:\[[\w,. -]*\])?[ \t]*(?:[=<>!~]=?[\w.*+!=<>~, \t-]*)?(?:;[^@]*)?$/;
/** A library that lies beside the code, built already. */
const builtFile = /^(?:\.\/)?[\w.][\w./-]*\.whl$/;

/** Python: installs what requirements.txt asks for, and compiles everything once and for all. */
export const python: Recipe = {
  async plan({ folder: source, manifest, args }, toolbox) {
    const flask = manifest.signature === 'flask';
    const requirements = (await searchableText(source, 'requirements.txt')) ?? '';
    const wanted = requirementsIn(requirements);
    const needed = [...(flask ? ['flask'] : []), ...(args[debugging] === 'true' ? ['debugpy'] : [])];
    const extra = needed.filter((name) => !wanted.some((line) => new RegExp(`^${name}\\b`, 'i').test(line)));
    if (wanted.length === 0 && extra.length === 0 && !flask) return undefined;
    const own = await toolbox.python(manifest.runtime);
    const pip = await toolbox.pip(own);
    const install: PipInstall = {
      own,
      pip,
      reach: toolbox.reach('python'),
      to: folder,
      extra,
      says: `Installing ${counted(wanted.length + extra.length)} with pip`,
    };
    const constraints = (await manifestText(source, 'constraints.txt')) ?? '';
    // A folder is built by code of its own; what is no plain requirement may name other files.
    const plain = wanted.every((line) => plainRequirement.test(line));
    const risky = !wanted.every((line) => plainRequirement.test(line) || builtFile.test(line));
    return {
      tools: [own, pip],
      async make(site) {
        const decides = [own.version, process.arch, requirements, constraints, ...extra];
        const whole = !plain || constraints !== '';
        await site.layer(folder, { decides, whole, risky }, () => pipInstall(site, { ...install, risky }));
        // By the hash of nothing: packages have no dates, and what is in one never changes.
        await site
          .run({
            says: 'Compiling',
            tool: own,
            args: ['-m', 'compileall', '-q', '-f', '--invalidation-mode', 'unchecked-hash', '.'],
            quiet: true,
          })
          .catch(() => site.say('Some files are no Python of this version; they stay as they are'));
        if (!flask) return { manifest };
        return { manifest: asFlask(manifest), added: [{ path: flaskApp, from: flaskSource }] };
      },
    };
  },
};

function asFlask({ runtime }: PackageManifest): PackageManifest {
  return { runtime, entry: flaskApp, signature: 'wsgi' };
}

/** Its lines without comments; options such as --index-url do not count. */
export function requirementsIn(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.replace(/(?:^|\s)#.*$/, '').trim());
  return lines.filter(
    (line) => line !== '' && (!line.startsWith('--') || /^--(?:requirement|editable)/.test(line)),
  );
}
