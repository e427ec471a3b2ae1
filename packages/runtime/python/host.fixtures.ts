// The Python host as the conformance suite and the bench see it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const launch = JSON.parse(readFileSync(new URL('launch.json', import.meta.url), 'utf8'));

/** `WHERRY_TEST_PYTHON` names another interpreter than the one on the path. */
export const python = process.env.WHERRY_TEST_PYTHON ?? 'python3';
export const missing = spawnSync(python, ['--version']).status === 0 ? undefined : `there is no ${python} here`;

export const host = {
  runtime: 'python',
  command: [python, ...launch.args, fileURLToPath(new URL(launch.host, import.meta.url))],
  env: launch.env,
  fixtures: fileURLToPath(new URL('fixtures/', import.meta.url)),
  entries: {
    hello: { entry: 'hello.py' },
    classic: { entry: 'classic.py' },
  },
};
