import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';
import { Kept, script, type Step } from '../disk/script.ts';
import { openBareShelf, openShelf } from '../disk/shelf.ts';
import { lackingTracer } from '../disk/trace.ts';

const writer = join(import.meta.dirname, '../disk/writer.fixtures.ts');
const steps = 10;

/** What fails, and with what. A disk says that it is full when it is written to; that it is broken, also later. */
const faults = [
  ['pwrite64', 'EIO'],
  ['fsync,fdatasync', 'EIO'],
  ['pwrite64', 'ENOSPC'],
  ['ftruncate,unlink', 'EIO'],
] as const;

interface Fault {
  readonly calls: string;
  readonly error: string;
  readonly nth: number;
  /** How many steps were taken before the run. */
  readonly first: number;
}

export const diskErrors: Scenario = {
  id: 'D-05',
  promise: 'a write or flush that fails is never acknowledged, and what was acknowledged before stays',
  unit: 'failing calls',
  // More than there are in a run: every one of them is tried.
  full: 1_000,
  short: 8,
  lacking: lackingTracer,
  prove: (soak) => failEach(soak, {}),
  controls: [
    {
      without: 'the refusal: the writer says done whatever the store answers',
      size: 24,
      prove: (soak) => failEach(soak, { WHERRY_SOAK_WITHOUT: 'refusal' }),
    },
  ],
};

async function failEach(soak: Soak, env: NodeJS.ProcessEnv): Promise<string> {
  const folder = soak.folder();
  const all: Fault[] = [];
  for (const first of [0, steps])
    for (const [calls, error] of faults) {
      const count = await callsInARun(join(folder, 'count'), calls, soak.seed, first);
      for (let nth = 1; nth <= count; nth += 1) all.push({ calls, error, nth, first });
    }
  // In the short size a few of all, each time others.
  const tried =
    soak.size >= all.length
      ? all
      : Array.from({ length: soak.size }, () => all[soak.whole(all.length)] as Fault);
  let failed = 0;
  for (const [i, fault] of tried.entries()) {
    failed += await failOne(join(folder, `run-${i}`), fault, soak.seed, env);
    if (i % 50 === 49) soak.say(`${i + 1} of ${tried.length}`);
  }
  return `${tried.length} of ${all.length} calls made to fail, ${failed} writes refused`;
}

async function callsInARun(home: string, calls: string, seed: number, first: number): Promise<number> {
  const log = `${home}.log`;
  await prepare(home, seed, first);
  await run(home, ['-e', `trace=${calls}`, '-o', log], seed, first, {});
  const lines = readFileSync(log, 'utf8').split('\n');
  rmSync(home, { recursive: true });
  return lines.filter((line) => /\) += \d/.test(line)).length;
}

/** A data folder in which the first steps were taken already: none, so that it is made in the run. */
async function prepare(home: string, seed: number, first: number): Promise<Step[]> {
  mkdirSync(home, { mode: 0o700 });
  const taken = script(seed, first);
  const shelf = first === 0 ? undefined : openBareShelf(home);
  for (const step of taken) await shelf?.take(step);
  await shelf?.close();
  return [...taken];
}

/** Returns how many writes were refused. */
async function failOne(
  home: string,
  { calls, error, nth, first }: Fault,
  seed: number,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const where = `when call ${nth} of ${calls} fails with ${error} (seed ${seed}, from step ${first})`;
  const inject = [
    '-e',
    `trace=${calls}`,
    '-e',
    `inject=${calls}:error=${error}:when=${nth}`,
    '-o',
    '/dev/null',
  ];
  const before = await prepare(home, seed, first);
  const said = await run(home, inject, seed, first, env);
  // What was refused may be there or not; what was done is, and in this order. So what may be found grows with each refusal.
  let possible = [before];
  let refused = 0;
  const planned = script(seed, first + steps);
  for (const line of said) {
    const [what, n] = line.split(' ');
    const step = planned[Number(n)] as Step;
    if (what === 'done') possible = possible.map((taken) => [...taken, step]);
    else if (what === 'failed') {
      refused += 1;
      promise(/storage_(failed|full)|conflict|unknown|exists|undefined/.test(line), `${line} ${where}`);
      possible = possible.flatMap((taken) => [taken, [...taken, step]]);
    }
  }
  const shelf = await openShelf(home);
  const found = await shelf.read();
  await shelf.close();
  promise(shelf.damage.length === 0, `damage ${where}: ${shelf.damage.join()}`);
  const states = possible.map((taken) => {
    const kept = new Kept();
    for (const step of taken) kept.take(step);
    return kept.text;
  });
  promise(
    states.includes(found),
    () => `what was acknowledged is not there ${where}: ${said.join(', ')}; found ${found.slice(0, 2000)}`,
  );
  rmSync(home, { recursive: true });
  return refused;
}

/** Runs the writer under strace, only with what it does to its files; resolves with what it said. */
async function run(
  home: string,
  flags: readonly string[],
  seed: number,
  first: number,
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const marks = `${home}.marks`;
  const files = ['wherry.db', 'wherry.db-wal', 'wherry.db-journal'].flatMap((name) => [
    '-P',
    join(home, name),
  ]);
  const program = [
    '--disable-warning=ExperimentalWarning',
    writer,
    home,
    marks,
    ...[seed, first, steps].map(String),
    'close',
  ];
  const child = spawn(
    'strace',
    ['-f', '-qq', '--seccomp-bpf', ...files, ...flags, process.execPath, ...program],
    {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let errors = '';
  child.stderr.on('data', (bytes) => (errors += bytes));
  const [code] = (await once(child, 'close')) as [number | null];
  const said = readFileSync(marks, { encoding: 'utf8', flag: 'a+' });
  rmSync(marks);
  // It may refuse to start, or to close: then it says why.
  if (code !== 0 && !/storage_(failed|full)|disk I\/O|is full/.test(errors))
    throw new Error(`the writer ended with ${code}: ${errors}`);
  return said.split('\n').filter(Boolean);
}
