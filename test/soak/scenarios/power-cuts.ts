import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BrokenPromise, promise, type Scenario, type Soak } from '../kit/scenario.ts';
import { FailingDisk, type Image } from '../disk/failing-disk.ts';
import { Kept, script } from '../disk/script.ts';
import { openBareShelf, openShelf } from '../disk/shelf.ts';
import { lackingTracer, type Operation, traced } from '../disk/trace.ts';

const writer = join(import.meta.dirname, '../disk/writer.fixtures.ts');
/** Every so many images is opened by the whole store, thread and all. */
const wholeStoreEvery = 500;

const spare = 1.1;

/**
 * Steps of each session of the writer, and how it ends: closed it leaves no log behind, killed it leaves one to take up. In some the log is
 * brought into the database after every few pages instead of every thousand, so that it begins anew often.
 */
const sessions = [
  [12, 'close', 'thousand pages'],
  [10, 'kill', 'thousand pages'],
  [14, 'close', 'few pages'],
  [20, 'kill', 'few pages'],
  [8, 'close', 'thousand pages'],
] as const;

export const powerCuts: Scenario = {
  id: 'D-02',
  promise: 'a power cut at any write or flush loses nothing that was acknowledged',
  unit: 'crash images',
  full: 100_000,
  short: 1_000,
  lacking: lackingTracer,
  prove: async (soak) => cutEverywhere(soak, await record(soak, {})),
  controls: [
    {
      without: 'the flush before the acknowledgement (synchronous=OFF)',
      size: 1_000,
      prove: async (soak) => cutEverywhere(soak, await record(soak, { WHERRY_SOAK_WITHOUT: 'flush' })),
    },
    {
      without: 'the flush of the folder in which a file was made',
      size: 1_000,
      prove: async (soak) => cutEverywhere(soak, withoutFlush(await record(soak, {}), '')),
    },
    {
      without: 'the flushes of the database file itself',
      size: 1_000,
      prove: async (soak) => cutEverywhere(soak, withoutFlush(await record(soak, {}), 'wherry.db')),
    },
  ],
};

const withoutFlush = (operations: readonly Operation[], of: string) =>
  operations.filter((operation) => operation.kind !== 'flush' || operation.path !== of);

async function cutEverywhere(soak: Soak, operations: readonly Operation[]): Promise<string> {
  const total = sessions.reduce((sum, [count]) => sum + count, 0);
  const states = statesOf(soak.seed, total);
  const changes = operations.filter(({ kind }) => kind !== 'mark').length;
  soak.say(`${changes} writes, flushes and names recorded`);
  // A memory disk where there is one: it is the reading that is tested here.
  const home = join(soak.folder(existsSync('/dev/shm') ? '/dev/shm' : undefined), 'home');
  const disk = new FailingDisk();
  let done = 0;
  let begun = 0;
  let images = 0;
  for (const [i, operation] of operations.entries()) {
    if (operation.kind === 'mark') {
      const [what, n] = operation.text.split(' ');
      if (what === 'begin') begun = Number(n) + 1;
      else if (what === 'done') done = Number(n) + 1;
      else throw new Error(`the writer said ${operation.text}`);
      continue;
    }
    disk.apply(operation);
    // What is left is spread evenly over what is left, and some more: some points have only a few different images.
    const wanted = disk.settled ? 1 : Math.ceil((soak.size * spare - images) / (operations.length - i));
    const seen = new Set<string>();
    for (let turn = 0; turn < wanted * 2 && seen.size < wanted; turn += 1) {
      const image = disk.cut(turn, soak.random);
      if (seen.has(image.signature)) continue;
      seen.add(image.signature);
      images += 1;
      await check(home, image, images % wholeStoreEvery === 0, () => {
        const expected = states.slice(done, begun + 1);
        return {
          expected,
          where: `after step ${i} of ${operations.length} (${describe(operation)}), with ${done} acknowledged`,
        };
      });
      if (images % 10_000 === 0) soak.say(`${images} images`);
    }
  }
  return `${images} images after ${changes} steps, ${begun} writes`;
}

async function record(soak: Soak, env: NodeJS.ProcessEnv): Promise<Operation[]> {
  const folder = soak.folder();
  const home = join(folder, 'home');
  mkdirSync(home, { mode: 0o700 });
  const marks = join(folder, 'marks');
  const operations: Operation[] = [];
  let first = 0;
  for (const [count, end, log] of sessions) {
    const command = [process.execPath, '--disable-warning=ExperimentalWarning', writer, home, marks];
    command.push(...[soak.seed, first, count].map(String), end);
    const environment = {
      ...process.env,
      ...env,
      ...(log === 'few pages' ? { WHERRY_SOAK_LOG: 'few pages' } : {}),
    };
    const program = { folder: home, command, env: environment, marks, log: join(folder, 'trace') };
    operations.push(...(await traced(program, operations)));
    first += count;
  }
  return operations;
}

/** What must be there after none, one, two, … steps. */
function statesOf(seed: number, count: number): readonly string[] {
  const kept = new Kept();
  return [
    kept.text,
    ...script(seed, count).map((step) => {
      kept.take(step);
      return kept.text;
    }),
  ];
}

async function check(
  home: string,
  { files }: Image,
  whole: boolean,
  about: () => { expected: readonly string[]; where: string },
): Promise<void> {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { mode: 0o700 });
  for (const [name, content] of files) writeFileSync(join(home, name), content, { mode: 0o600 });
  let found: string;
  let damage: readonly string[];
  try {
    const shelf = whole ? await openShelf(home) : openBareShelf(home);
    try {
      found = await shelf.read();
      damage = shelf.damage;
    } finally {
      await shelf.close();
    }
  } catch (error) {
    throw new BrokenPromise(`the store does not open ${about().where}: ${(error as Error).message}`);
  }
  const { expected, where } = about();
  promise(damage.length === 0, () => `the store is damaged ${where}: ${damage.join(', ')}`);
  promise(
    expected.includes(found),
    () => `what was acknowledged is not there ${where}: found ${found.slice(0, 2000)}`,
  );
}

function describe(operation: Operation): string {
  if (operation.kind === 'mark') return operation.text;
  if (operation.kind === 'write')
    return `write of ${operation.bytes.length} at ${operation.at} of ${operation.path}`;
  return `${operation.kind} of ${operation.path || 'the folder'}`;
}
