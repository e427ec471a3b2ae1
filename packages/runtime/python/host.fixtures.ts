// The Python host as the conformance suite and the bench see it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { HostUnderTest } from '../conformance/host-under-test.ts';

const launch = JSON.parse(readFileSync(new URL('launch.json', import.meta.url), 'utf8'));

/** `WHERRY_TEST_PYTHON` names another interpreter than the one on the path. */
export const python = process.env.WHERRY_TEST_PYTHON ?? 'python3';
export const missing =
  spawnSync(python, ['--version']).status === 0 ? undefined : `there is no ${python} here`;

export const host: HostUnderTest = {
  runtime: 'python',
  command: [python, ...launch.args, fileURLToPath(new URL(launch.host, import.meta.url))],
  env: launch.env,
  fixtures: fileURLToPath(new URL('fixtures/', import.meta.url)),
  entries: {
    hello: { entry: 'hello.py' },
    echo: { entry: 'echo.py' },
    answer: { entry: 'answer.py' },
    pipe: { entry: 'pipe.py' },
    big: { entry: 'big.py' },
    endless: { entry: 'endless.py' },
    count: { entry: 'count.py' },
    refuse: { entry: 'refuse.py' },
    gate: { entry: 'gate.py' },
    events: { entry: 'events.py' },
    patient: { entry: 'patient.py' },
    throws: { entry: 'throws.py' },
    environment: { entry: 'environment.py' },
    exits: { entry: 'exits.py' },
    uncaught: {
      skip: 'an exception on a Python thread does not end the process, and the host has no other place for one',
    },
    stops: { entry: 'stops.py' },
    syntax: { entry: 'syntax.py' },
    raises: { entry: 'raises.py' },
    nothing: { entry: 'nothing.py' },
  },
};
