import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runtimeParts } from '@wherry/core/languages';
import { findProgram, missing, shownFolder, shownProgram, type Tool } from './tool.ts';
import type { Toolbox } from './toolbox.ts';

/** The Node that the gateway runs on: for tools of ours. */
export function ownNode(): Tool {
  const path = process.execPath;
  return {
    name: 'node',
    version: process.versions.node,
    command: [path],
    shown: shownProgram(path),
    env: {},
  };
}

/** The Node of a runtime such as `node20`. */
export async function findNode(box: Toolbox, runtime: string): Promise<Tool> {
  const { version: major } = runtimeParts(runtime);
  if (major === undefined || process.versions.node.startsWith(`${major}.`)) return ownNode();
  const one = (await box.interpreters()).find(({ name }) => name === runtime);
  // As the provider has it: what was written for an older Node runs on a newer one.
  if (one === undefined) return ownNode();
  const { version, path } = one;
  return { name: runtime, version, command: [path], shown: shownProgram(path), env: {} };
}

export async function findNpm(box: Toolbox): Promise<Tool> {
  const program = findProgram('npm', box.path);
  const folder = program === undefined ? undefined : npmFolder(program);
  if (folder === undefined) throw missing('npm', 'npm comes with Node: https://nodejs.org');
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const node = ownNode();
  return {
    name: 'npm',
    version,
    command: [...node.command, join(folder, 'bin/npm-cli.js')],
    shown: [...node.shown, ...shownFolder(folder)],
    // npm starts node by its name.
    env: {
      PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
      npm_config_cache: '/cache',
      // Somebody waits for it: whether the registry can be reached is known soon.
      npm_config_fetch_retries: '1',
      npm_config_fetch_retry_mintimeout: '500',
    },
  };
}

/** npm is a script beside its own folder, wherever it was installed. */
function npmFolder(program: string): string | undefined {
  const candidates = [
    dirname(dirname(program)),
    join(dirname(program), 'node_modules/npm'),
    join(dirname(dirname(program)), 'lib/node_modules/npm'),
  ];
  return candidates.find((folder) => existsSync(join(folder, 'bin/npm-cli.js')));
}
