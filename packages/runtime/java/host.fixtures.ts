// The Java host as the conformance suite and the bench see it: built as a function is, with all fixtures in one jar.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HostUnderTest } from '../conformance/host-under-test.ts';

const OLDEST = 17;
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const launch = JSON.parse(readFileSync(here('launch.json'), 'utf8'));

/** `WHERRY_TEST_JAVA_HOME` names another JDK than the one on the path. */
const home = process.env.WHERRY_TEST_JAVA_HOME ?? process.env.JAVA_HOME;
export const tool = (name: string): string => (home === undefined ? name : path.join(home, 'bin', name));

/** What a rehearsal is started with: all but the archive that it makes. An archive is only taken for the class path that it was made with. */
export const flags: string[] = launch.args.filter((word: string) => !word.includes('SharedArchiveFile'));

export const missing = lacking();

/** The folder with `app.jar` and `app.jsa`; built once by each process that asks. */
export const code = missing === undefined ? build() : '';
const words = [tool(launch.program), ...launch.args].map((word) => `'${word}'`);

export const host: HostUnderTest = {
  runtime: 'java',
  // As the gateway does: a Java process cannot change its folder, so it is started in that of the function.
  command: ['/bin/sh', '-c', `at=$PWD; cd '${code}'; exec ${words.join(' ')} "$1" "$at/$2"`, 'sh'],
  env: launch.env,
  fixtures: code,
  timers: /C1 Comp|VM Periodic/,
  entries: {
    hello: { entry: 'Hello' },
    echo: { entry: 'EchoHttp' },
    answer: { entry: 'Answer' },
    pipe: { entry: 'Pipe' },
    big: { entry: 'Big' },
    endless: { entry: 'Endless' },
    count: { entry: 'Count' },
    refuse: { entry: 'Refuse' },
    gate: { entry: 'Gate' },
    events: { entry: 'Events' },
    patient: { entry: 'Patient' },
    throws: { entry: 'Always_throws' },
    environment: { entry: 'Environment' },
    exits: { entry: 'Exits' },
    uncaught: { skip: 'an exception on a Java thread does not end the process' },
    stops: { entry: 'Stops' },
    syntax: { skip: 'the compiler refuses it before there is a program' },
    raises: { entry: 'Raises' },
    nothing: { entry: 'Nothing' },
  },
};

function lacking(): string | undefined {
  const { stdout } = spawnSync(tool('javac'), ['-version'], { encoding: 'utf8' });
  const version = Number(/javac (\d+)/.exec(String(stdout))?.[1] ?? 0);
  return version >= OLDEST ? undefined : `there is no JDK of version ${OLDEST} or newer here`;
}

function build(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'java-host-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const classes = path.join(folder, 'classes');
  mkdirSync(classes);
  const run = (name: string, ...args: string[]): void => {
    const { status, stdout, stderr, error } = spawnSync(tool(name), args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw error ?? new Error(`${name} ended with ${status}\n${stdout}${stderr}`);
  };
  const sources = [...filesBelow(here('src')), ...filesBelow(here('fixtures'))];
  writeFileSync(path.join(folder, 'sources'), sources.join('\n'));
  run('javac', '-encoding', 'UTF-8', '-XDstringConcat=inline', '--release', '17', '-d', classes, '@sources');
  run('jar', '--create', '--file', 'app.jar', '-C', classes, '.');
  run('java', '-XX:ArchiveClassesAtExit=app.jsa', ...flags, '--rehearse', 'Hello');
  if (!existsSync(path.join(folder, 'app.jsa'))) throw new Error('the rehearsal left no archive');
  return folder;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.java'))
    .map((name) => path.join(folder, name));
}
