// The program behind `npm run soak`: every promise at its full size, then each with its guards taken away.
//   --only D-02,kill   scenarios whose number or promise contains one of these
//   --short            the sizes of `npm test`
//   --size 300         another size than the full one
//   --seed 7           begin where an earlier run began
import { parseArgs } from 'node:util';
import { programOptions } from '@wherry/testkit/program-options';
import { isGood, type Outcome, table } from './kit/report.ts';
import { BrokenPromise, runOnce, type Scenario, Soak } from './kit/scenario.ts';
import { scenarios } from './scenarios.ts';

const { values, positionals } = programOptions('npm run soak', () =>
  parseArgs({
    options: {
      only: { type: 'string' },
      short: { type: 'boolean', default: false },
      size: { type: 'string' },
      seed: { type: 'string' },
    },
    allowPositionals: true,
  }),
);
const wanted = [...(values.only?.split(',') ?? []), ...positionals].filter(Boolean);
const seed = Number(values.seed ?? Date.now() % 1_000_000_007);
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

/** What runs now: it has started processes that must not stay when it is stopped. */
let current: Soak | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    await current?.over();
    process.exit(130);
  });

async function timed(
  run: () => Promise<Pick<Outcome, 'result' | 'detail'>>,
): Promise<Pick<Outcome, 'result' | 'detail' | 'seconds'>> {
  const startedAt = performance.now();
  const outcome = await run();
  return { ...outcome, seconds: (performance.now() - startedAt) / 1000 };
}

const firstLine = (error: unknown): string => String((error as Error).message ?? error).split('\n')[0] ?? '';

async function prove(scenario: Scenario): Promise<Outcome> {
  const size = Number(values.size ?? (values.short ? scenario.short : scenario.full));
  const about = { id: scenario.id, what: scenario.promise, size: `${size} ${scenario.unit}` };
  const lacking = scenario.lacking?.();
  if (lacking !== undefined) return { ...about, result: 'left out', detail: lacking, seconds: 0 };
  tell(`\n${scenario.id}: ${scenario.promise} (${about.size}, seed ${seed})`);
  const soak = new Soak(size, seed, (line) => tell(`  ${line}`));
  current = soak;
  return {
    ...about,
    ...(await timed(async () => {
      try {
        const detail = await runOnce(soak, scenario.prove);
        tell(`  kept: ${detail}`);
        return { result: 'kept', detail };
      } catch (error) {
        const broken = error instanceof BrokenPromise;
        tell(`  ${broken ? 'BROKEN' : 'COULD NOT RUN'}: ${broken ? error.message : (error as Error).stack}`);
        return { result: broken ? 'broken' : 'could not run', detail: firstLine(error) };
      }
    })),
  };
}

async function control(
  scenario: Scenario,
  { without, size, prove: run }: Scenario['controls'][0],
): Promise<Outcome> {
  const about = { id: `${scenario.id}`, what: `without ${without}`, size: `${size} ${scenario.unit}` };
  tell(`\n${scenario.id} without ${without} (${about.size}, seed ${seed})`);
  const soak = new Soak(size, seed, (line) => tell(`  ${line}`));
  current = soak;
  return {
    ...about,
    ...(await timed(async () => {
      try {
        await runOnce(soak, run);
        tell('  NOT CAUGHT: the test passes without its guard');
        return { result: 'not caught', detail: 'the test passes without its guard' };
      } catch (error) {
        if (!(error instanceof BrokenPromise)) {
          tell(`  COULD NOT RUN: ${(error as Error).stack}`);
          return { result: 'could not run', detail: firstLine(error) };
        }
        tell(`  caught: ${error.message.slice(0, 300)}`);
        return { result: 'caught', detail: firstLine(error).slice(0, 80) };
      }
    })),
  };
}

const chosen = scenarios.filter(
  ({ id, promise }) => wanted.length === 0 || wanted.some((text) => `${id} ${promise}`.includes(text)),
);
const outcomes: Outcome[] = [];
for (const scenario of chosen) {
  const outcome = await prove(scenario);
  outcomes.push(outcome);
  if (outcome.result === 'left out') continue;
  for (const one of scenario.controls) outcomes.push(await control(scenario, one));
}
const bad = outcomes.filter((outcome) => !isGood(outcome));
tell(`\n${table(outcomes)}\n`);
if (chosen.length === 0) tell('no scenario matches');
else
  tell(
    bad.length === 0
      ? `all kept (seed ${seed})`
      : `${bad.length} not kept (again: npm run soak -- --seed ${seed} --only ${bad.map(({ id }) => id).join(',')})`,
  );
process.exitCode = bad.length > 0 || chosen.length === 0 ? 1 : 0;
