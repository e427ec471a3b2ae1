// The Node host as the conformance suite and the bench see it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { HostUnderTest } from '../conformance/host-under-test.ts';

const launch = JSON.parse(readFileSync(new URL('launch.json', import.meta.url), 'utf8'));

const node = process.env.WHERRY_TEST_NODE ?? process.execPath;
// As the gateway starts versions that do not know this option yet.
const old = process.env.WHERRY_TEST_NODE_OLD !== undefined;
const args = launch.args.filter((arg: string) => !old || !arg.startsWith('--disable-warning'));

export const host: HostUnderTest = {
  runtime: 'node',
  // Another version of Node than the one that runs the tests: WHERRY_TEST_NODE.
  command: [node, ...args, fileURLToPath(new URL(launch.host, import.meta.url))],
  env: launch.env,
  fixtures: fileURLToPath(new URL('fixtures/', import.meta.url)),
  entries: {
    hello: { entry: 'hello.js' },
    echo: { entry: 'echo.js' },
    answer: { entry: 'answer.js' },
    pipe: { entry: 'pipe.mjs' },
    big: { entry: 'big.js' },
    endless: { entry: 'endless.js' },
    count: { entry: 'count.js' },
    refuse: { entry: 'refuse.js' },
    gate: { entry: 'gate.js' },
    events: { entry: 'events.js' },
    patient: { entry: 'patient.js' },
    throws: { entry: 'throws.js' },
    environment: { entry: 'environment.js' },
    exits: { entry: 'exits.js' },
    uncaught: { entry: 'uncaught.js' },
    stops: { entry: 'stops.js' },
    syntax: { entry: 'syntax.js' },
    raises: { entry: 'raises.js' },
    nothing: { entry: 'nothing.js' },
  },
};
