import type { Site } from '../site.ts';
import type { Reach } from '../tools/registries.ts';
import type { Tool } from '../tools/tool.ts';

/** What pip is asked for. */
export interface PipInstall {
  /** The Python of the function, and the pip that installs for it. */
  readonly own: Tool;
  readonly pip: Tool;
  readonly reach: Reach;
  /** Folder of the code that gets the libraries. */
  readonly to: string;
  /** File with the requirements, in the code. */
  readonly file?: string;
  /** Further libraries. */
  readonly extra: readonly string[];
  readonly says: string;
  /** Whether something of it is built by code of its own. */
  readonly risky?: boolean;
}

/** Installs libraries into a folder of the code. Only what is built already: what comes as source would run code of its own. */
export async function pipInstall(
  site: Site,
  { own, pip, reach, to, file = 'requirements.txt', extra, says, risky = false }: PipInstall,
): Promise<void> {
  // Another Python's pip installs for this one; then nothing can be compiled on the way.
  const foreign = pip.command[0] !== own.command[0];
  await site.run({
    says,
    tool: pip,
    args: [
      ...['install', '--target', to, '--no-compile', '--progress-bar', 'off', '--quiet'],
      ...(site.has(file) ? ['--requirement', file] : []),
      ...extra,
      ...(foreign ? ['--python-version', own.version.split('.').slice(0, 2).join('.')] : []),
      ...(site.scriptsAllowed && !foreign ? [] : ['--only-binary', ':all:']),
    ],
    reach,
    risky,
  });
}
