// How long somebody waits who writes functions: from nothing to an answer, for nothing, for a saved file; and what builds do for a wake.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Project } from '../../e2e/project.ts';
import type { Bench } from '../kit/bench.ts';
import { Caller } from '../kit/caller.ts';
import { type Job, takeTurns } from '../kit/rounds.ts';
import type { Section } from '../kit/section.ts';
import { Wherry } from '../stacks/wherry.ts';
import { asItIs, bundled, fresh, nothing, report, saved, snake } from './builds-report.ts';
import { javaStarts } from './java-starts.ts';

const compiled = ['go', 'java', 'ruby'] as const;

export async function builds(bench: Bench): Promise<Section> {
  const wherry = await Wherry.start(bench);
  const project = new Project(wherry.gateway);
  bench.scope.after(() => project.remove());
  const caller = new Caller();
  bench.scope.after(() => caller.close());
  const missing: string[] = [];
  const [many, few] = bench.quick ? [3, 1] : [8, 3];
  const wakes: Job<number[]>[] = [];
  const woken = (name: string, key: string, count: number): void => {
    wakes.push({ key, run: () => repeat(count, () => wake(wherry, caller, name)) });
  };

  const modules = join(process.env['WHERRY_TEST_MODULES'] ?? '', 'node_modules');
  if (existsSync(join(modules, 'express'))) {
    const handler =
      "const app = require('express')(); app.get('/', (q, r) => r.send('x')); module.exports = app;";
    for (const [name, args] of [
      ['bundled', ''],
      ['as-it-is', ', build_args: {BUNDLE: "false"}'],
    ] as const) {
      project.write({
        [`${name}/handler.js`]: handler,
        [`${name}/package.json`]: '{"dependencies":{"express":"*"}}',
        [`${name}.yml`]: `provider: {name: openfaas}\nfunctions: {${name}: {lang: node, handler: ./${name}, image: ${name}${args}}}\n`,
      });
      cpSync(modules, join(project.folder, name, 'node_modules'), { recursive: true });
      await project.did('up', '-f', `${name}.yml`);
    }
    woken('bundled', bundled, many);
    woken('as-it-is', asItIs, many);
  } else missing.push('express is not installed (WHERRY_TEST_MODULES names the folder)');

  for (const language of compiled) {
    const made = await project.wherry(['new', `in-${language}`, '--lang', language, '-q']);
    const up = made.code === 0 ? await project.wherry(['up', `in-${language}`]) : made;
    if (up.code !== 0) missing.push(`${language}: ${/^ +why +(.*)$/m.exec(up.err)?.[1] ?? 'no toolchain'}`);
    else woken(`in-${language}`, `${language}, from nothing`, few * 2);
  }

  for (const start of javaStarts(wherry.gateway.home))
    wakes.push({ key: start.key, run: () => repeat(few, () => timed(start.run)) });

  let round = 0;
  const work: Job<number[]>[] = [
    {
      key: fresh,
      run: () =>
        repeat(few, async () => {
          const name = `js-${++round}`;
          return timed(async () => {
            await project.did('new', name, '--lang', 'node', '-q');
            await project.did('up', name);
          });
        }),
    },
    { key: nothing, run: () => repeat(few, () => timed(() => project.did('up', 'js-1'))) },
  ];
  const pip = await warmed(project);
  if (pip === undefined)
    work.push({
      key: snake,
      run: () =>
        repeat(few, async () => {
          const name = `py-${++round}`;
          return timed(async () => {
            await project.did('new', name, '--lang', 'python', '-q');
            project.write({ [`${name}/requirements.txt`]: `six==1.16.0\n# ${name}\n` });
            await project.did('up', name);
          });
        }),
    });
  else missing.push(pip);
  work.push({ key: saved, run: () => developed(wherry, few) });

  const found = await takeTurns([wakes, work], bench.conduct((many * 2 + few * 12) * 0.3));
  return report(found, missing);
}

/** Undefined once the library is in pip's cache; else why not. */
async function warmed(project: Project): Promise<string | undefined> {
  if (spawnSync('python3', ['-m', 'pip', '--version']).status !== 0) return 'pip is not installed';
  await project.did('new', 'py-0', '--lang', 'python', '-q');
  project.write({ 'py-0/requirements.txt': 'six==1.16.0\n' });
  const up = await project.wherry(['up', 'py-0']);
  return up.code === 0 ? undefined : 'PyPI cannot be reached';
}

async function wake(wherry: Wherry, caller: Caller, name: string): Promise<number> {
  await wherry.scale(name, 0);
  await wherry.quiet();
  await caller.get(`${wherry.gateway.url}/healthz`);
  return caller.get(wherry.functionUrl(name));
}

/** Saves a file under `wherry dev` and calls until the new code answers. */
async function developed(wherry: Wherry, count: number): Promise<number[]> {
  const project = new Project(wherry.gateway);
  const write = (text: string): void =>
    project.write({ 'live/handler.js': `module.exports = async () => "${text}";` });
  project.write({
    'stack.yaml':
      'provider: {name: openfaas}\nfunctions: {live: {lang: node, handler: ./live, image: live}}\n',
  });
  write('0');
  const child = project.start(['dev']);
  try {
    await new Promise<void>((ready) =>
      child.stderr.on('data', (bytes: Buffer) => bytes.toString().includes('Watching') && ready()),
    );
    const took: number[] = [];
    for (let turn = 1; turn <= count; turn++) {
      const from = performance.now();
      write(String(turn));
      while ((await (await fetch(wherry.functionUrl('live'))).text()) !== String(turn))
        if (performance.now() - from > 30_000) throw new Error('what was saved was never deployed');
      took.push(performance.now() - from);
    }
    return took;
  } finally {
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGINT');
    await ended;
    project.remove();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

async function repeat<T>(count: number, once: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let turn = 0; turn < count; turn++) results.push(await once());
  return results;
}
