// The Node host as the conformance suite and the bench see it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const launch = JSON.parse(readFileSync(new URL('launch.json', import.meta.url), 'utf8'));

export const host = {
  runtime: 'node',
  command: [process.execPath, ...launch.args, fileURLToPath(new URL(launch.host, import.meta.url))],
  env: launch.env,
  fixtures: fileURLToPath(new URL('fixtures/', import.meta.url)),
  entries: {
    hello: { entry: 'hello.js' },
  },
};
