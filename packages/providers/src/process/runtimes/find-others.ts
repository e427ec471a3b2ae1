import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { output } from '../command-output.ts';
import { compiled, installation, interpreted, type Runtime } from './runtime.ts';

const oldestJava = 17;
/** What the virtual machine takes beside its heap: code, classes, threads. */
const javaOwnBytes = 96 * 2 ** 20;

/** A Go function is a program that has its host in it: nothing of the language is needed to run it. */
export function go(hosts: string): Runtime {
  return compiled('go', 'as built', undefined, join(hosts, 'go'), []);
}

export async function java(hosts: string, path: string): Promise<Runtime | undefined> {
  const program = find('java', path);
  if (program === undefined) return undefined;
  const version = /version "([^"]+)"/.exec(await output(program, ['-version'], 'stderr'))?.[1] ?? '';
  if (!(Number(version.split('.')[0]) >= oldestJava)) return undefined;
  const home = dirname(dirname(program));
  // Debian keeps a JDK's settings outside of it.
  const settings = `/etc/java-${version.split('.')[0]}-openjdk`;
  const etc = existsSync(settings) ? [{ from: settings, to: settings }] : [];
  const heap = (bytes: number): readonly string[] => [
    `-Xmx${Math.max(32, Math.floor((bytes - javaOwnBytes) / 2 ** 20))}m`,
  ];
  return compiled('java', version, program, join(hosts, 'java'), [...installation(home), ...etc], heap);
}

export async function ruby(hosts: string, path: string): Promise<Runtime | undefined> {
  const program = find('ruby', path);
  if (program === undefined) return undefined;
  const version = /ruby (\d+\.\d+\.\d+)/.exec(await output(program, ['--version']))?.[1] ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 2 || (major === 2 && minor < 7)) return undefined;
  return interpreted('ruby', version, program, join(hosts, 'ruby'), installation(dirname(dirname(program))));
}

/** PHP is started for each call beside Node's host; that it is there is all that matters. */
export function php(path: string): string | undefined {
  return find('php', path);
}

function find(name: string, path: string): string | undefined {
  const file = path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((candidate) => existsSync(candidate));
  return file === undefined ? undefined : realpathSync(file);
}
