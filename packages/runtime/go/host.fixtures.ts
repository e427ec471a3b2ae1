// The Go host as the conformance suite and the bench see it: one program with all behaviours, which go by the entry.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { HostUnderTest } from '../conformance/host-under-test.ts';
import { build, missing, raceEnv } from './build.fixtures.ts';

const launch = JSON.parse(readFileSync(new URL('launch.json', import.meta.url), 'utf8'));
const compiled = { skip: 'the compiler refuses it before there is a program' };

export { missing };

export const host: HostUnderTest = {
  runtime: 'go',
  command: [missing === undefined ? program() : 'missing', ...launch.args],
  env: { ...launch.env, ...raceEnv },
  fixtures: fileURLToPath(new URL('fixtures/behaviours/', import.meta.url)),
  entries: {
    hello: { entry: 'hello.go' },
    echo: { entry: 'echo.go' },
    answer: { entry: 'answer.go' },
    pipe: { entry: 'pipe.go' },
    big: { entry: 'big.go' },
    endless: { entry: 'endless.go' },
    count: { entry: 'count.go' },
    refuse: { entry: 'refuse.go' },
    gate: { entry: 'gate.go' },
    events: { entry: 'events.go' },
    patient: { entry: 'patient.go' },
    throws: { entry: 'throws.go' },
    environment: { entry: 'environment.go' },
    exits: { entry: 'exits.go' },
    uncaught: { entry: 'uncaught.go' },
    stops: { entry: 'stops.go' },
    syntax: compiled,
    raises: { skip: 'a panic in an init function ends the process, with its stack in the log' },
    nothing: compiled,
  },
};

function program(): string {
  const built = build({ signature: 'middleware', fixture: 'behaviours' });
  if ('refused' in built) throw new Error(built.refused);
  return built.program;
}
