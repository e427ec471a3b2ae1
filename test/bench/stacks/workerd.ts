// workerd, the open core of a well-known edge platform: another runtime that runs handlers behind HTTP without a gateway of its own. It is
// fetched on demand, because nothing else here needs it.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Bench, root } from '../kit/bench.ts';
import type { Stack } from './stack.ts';
import { freePort } from '@wherry/testkit/free-port';

const version = '1.20261117.1';
const folder = join(root, '.bench', `workerd-${version}`);

const worker = `export default {
  async fetch(request) {
    if (request.method === 'GET') return new Response('hello');
    return new Response(await request.arrayBuffer(), { headers: { 'content-type': 'application/octet-stream' } });
  },
};
`;

const config = (port: number): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",
);
`;

/** The stack, or why there is none. */
export async function workerd({ meter, scope, say }: Bench): Promise<Stack | string> {
  const program = await installed(say);
  if (typeof program !== 'string') return `workerd ${version} can't be had: ${firstLine(program)}`;
  const place = mkdtempSync(join(tmpdir(), 'bench-workerd-'));
  scope.after(() => rmSync(place, { recursive: true, force: true }));
  const port = await freePort();
  writeFileSync(join(place, 'worker.js'), worker);
  writeFileSync(join(place, 'config.capnp'), config(port));
  const cpu = meter.group('workerd');
  const child = cpu.inside(() =>
    spawn(program, ['serve', 'config.capnp'], { cwd: place, stdio: ['ignore', 'ignore', 'pipe'] }),
  );
  let said = '';
  child.stderr.on('data', (bytes) => (said = (said + bytes).slice(-2000)));
  const ended = once(child, 'exit').catch((error) => (said += error));
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  scope.after(async () => {
    process.off('exit', kill);
    kill();
    await ended;
  });
  cpu.adopt(child.pid as number);
  const url = `http://127.0.0.1:${port}/`;
  for (let turn = 0; turn < 100 && child.exitCode === null; turn++) {
    if (await answers(url)) return { name: 'workerd', url, cpu };
    await sleep(100);
  }
  return `workerd ${version} doesn't run here: ${said.trim().split('\n')[0] || 'no answer within 10 s'}`;
}

/** The program's path; fetched into a folder that git ignores when it isn't there yet. */
async function installed(say: (line: string) => void): Promise<string | Error> {
  const program = join(folder, 'node_modules/.bin/workerd');
  if (existsSync(program)) return program;
  say(`fetching workerd ${version} (160 MB on disk) into .bench`);
  mkdirSync(folder, { recursive: true });
  // A folder of its own with a manifest of its own: npm must not take it for part of this workspace.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  try {
    const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--workspaces=false'];
    await promisify(execFile)('npm', ['install', ...flags, '--prefix', folder, `workerd@${version}`], {
      cwd: folder,
      timeout: 180_000,
    });
    return program;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return error as Error;
  }
}

const firstLine = (error: Error): string =>
  /npm error (?!code)(.+)/.exec(error.message)?.[1] ?? (error.message.split('\n')[0] as string);

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    async (response) => (await response.text()) === 'hello',
    () => false,
  );
}
