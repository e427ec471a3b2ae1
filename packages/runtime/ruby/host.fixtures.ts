// The Ruby host as the conformance suite and the bench see it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { HostUnderTest } from '../conformance/host-under-test.ts';

const launch = JSON.parse(readFileSync(new URL('launch.json', import.meta.url), 'utf8'));

/** `WHERRY_TEST_RUBY` names another interpreter than the one on the path. */
export const ruby = process.env.WHERRY_TEST_RUBY ?? 'ruby';
const version = spawnSync(ruby, ['--disable-gems', '-e', 'print RUBY_VERSION >= "2.7"']);
export const missing =
  version.stdout?.toString() === 'true' ? undefined : `there is no ${ruby} of version 2.7 or newer here`;

export const host: HostUnderTest = {
  runtime: 'ruby',
  command: [ruby, ...launch.args, fileURLToPath(new URL(launch.host, import.meta.url))],
  env: launch.env,
  fixtures: fileURLToPath(new URL('fixtures/', import.meta.url)),
  entries: {
    hello: { entry: 'hello.rb' },
    echo: { entry: 'echo.rb' },
    answer: { entry: 'answer.rb' },
    pipe: { entry: 'pipe.rb' },
    big: { entry: 'big.rb' },
    endless: { entry: 'endless.rb' },
    count: { entry: 'count.rb' },
    refuse: { entry: 'refuse.rb' },
    gate: { entry: 'gate.rb' },
    events: { entry: 'events.rb' },
    patient: { entry: 'patient.rb' },
    throws: { entry: 'throws.rb' },
    environment: { entry: 'environment.rb' },
    exits: { entry: 'exits.rb' },
    uncaught: { entry: 'uncaught.rb' },
    stops: { entry: 'stops.rb' },
    syntax: { entry: 'syntax.rb' },
    raises: { entry: 'raises.rb' },
    nothing: { entry: 'nothing.rb' },
  },
};
