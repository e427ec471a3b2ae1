import { runtimeParts } from '@wherry/core/languages';
import { ask, missing, shownFolder, type Tool } from './tool.ts';
import type { Toolbox } from './toolbox.ts';

/** The interpreter of a runtime such as `python3.12`. */
export async function findPython(box: Toolbox, runtime: string): Promise<Tool> {
  const all = await box.pythons();
  const one = all.find(({ name }) => name === runtime) ?? (runtime === 'python' ? all[0] : undefined);
  if (one === undefined) {
    const { version } = runtimeParts(runtime);
    throw missing(
      version === undefined ? 'Python 3.9 or newer' : `Python ${version}`,
      'sudo apt-get install python3',
    );
  }
  const prefix = await ask(one.path, ['-c', 'import sys; print(sys.base_prefix)'], box.env);
  const shown = shownFolder(prefix);
  return { name: 'python', version: one.version, command: [one.path], shown, env: {} };
}

/** A Python that has pip: the function's own, or another one of this machine, which can install for it as well. */
export async function findPip(box: Toolbox, own: Tool): Promise<Tool> {
  const all = await box.pythons();
  const candidates = [own.command[0] as string, ...all.map(({ path }) => path)];
  for (const path of new Set(candidates)) {
    const said = await ask(path, ['-m', 'pip', '--version'], box.env).catch(() => '');
    const version = /^pip (\S+)/.exec(said)?.[1];
    if (version === undefined) continue;
    const prefix = await ask(path, ['-c', 'import sys; print(sys.base_prefix)'], box.env);
    return {
      name: 'pip',
      version,
      command: [path, '-m', 'pip'],
      shown: shownFolder(prefix),
      env: {
        PIP_CACHE_DIR: '/cache',
        PIP_DISABLE_PIP_VERSION_CHECK: '1',
        PIP_NO_INPUT: '1',
        PIP_RETRIES: '1',
        PIP_ROOT_USER_ACTION: 'ignore',
      },
    };
  }
  throw missing('pip', 'sudo apt-get install python3-pip');
}
