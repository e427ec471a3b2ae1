// The frame of a benchmark: what it is given, and what becomes of what it found out.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programOptions } from '@wherry/testkit/program-options';
import { type CpuMeter, openCpuMeter } from './cpu-meter.ts';
import { machineWords, watchOthers } from './machine.ts';
import { type Options, optionsOf } from './options.ts';
import { type Conduct, disturbance } from './rounds.ts';
import { Scope } from './scope.ts';
import { markdownOf, type Section, withSection } from './section.ts';

export const root = join(import.meta.dirname, '../../..');
const page = join(root, 'docs/benchmarks.md');

/** What a measurement works with. */
export interface Bench extends Options {
  readonly scope: Scope;
  readonly meter: CpuMeter;
  /** What else belongs into the line on how it was measured, such as the isolation. */
  readonly notes: string[];
  say(line: string): void;
  /** Starts watching what others use of the machine; what the answer says is counted for the page. */
  watch(): () => number;
  conduct(secondsEach: number, rounds?: number): Conduct;
}

/** Runs one measurement, prints its section and puts it into the page. */
export async function bench(name: string, measure: (bench: Bench) => Promise<Section>): Promise<void> {
  if (process.platform !== 'linux') {
    process.stdout.write('The platform is measured on Linux only: elsewhere /proc is missing.\n');
    return;
  }
  const options = programOptions('npm run bench', () => optionsOf(process.argv.slice(2), name));
  const scope = new Scope();
  const meter = openCpuMeter();
  scope.after(() => meter.close());
  const foreign: number[] = [];
  const startedAt = performance.now();
  const say = (line: string): void => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0).padStart(4);
    process.stderr.write(`${seconds} s  ${name}: ${line}\n`);
  };
  const watch = (): (() => number) => {
    const others = watchOthers(meter);
    return () => {
      foreign.push(others());
      return foreign.at(-1) as number;
    };
  };
  const conduct = (secondsEach: number, rounds = options.rounds): Conduct => ({
    rounds,
    secondsEach,
    watch,
    say,
  });
  let stopping: Promise<void> | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void (stopping ??= scope.close().finally(() => process.exit(130))));
  try {
    const notes: string[] = [];
    const section = await measure({ ...options, scope, meter, notes, say, watch, conduct });
    const text = markdownOf(section, origin(options, meter, notes, foreign));
    process.stdout.write(`\n${text}\n\n`);
    if (options.page) writeFileSync(page, withSection(currentPage(), name, text));
  } catch (error) {
    // What ctrl-C broke is not worth a report.
    if (stopping === undefined) throw error;
  } finally {
    await (stopping ?? scope.close());
  }
}

/** How, when and where it was measured. */
function origin(
  { command, rounds, quick }: Options,
  meter: CpuMeter,
  notes: readonly string[],
  foreign: readonly number[],
): string {
  const date = new Date().toISOString().slice(0, 10);
  const parts = [
    `\`${command}\`, ${date}, ${revision()}, ${rounds} rounds`,
    `${machineWords()}, Node ${process.versions.node}`,
    `CPU time from ${meter.kind}`,
    ...notes,
    disturbance(foreign),
  ];
  return `${quick ? '**Quick run: a tendency, not to be quoted.** ' : ''}${parts.join('; ')}.`;
}

function revision(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
    const changed = git('status', '--porcelain', '--', 'apps', 'packages') !== '';
    return `revision ${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes' : ''}`;
  } catch {
    return 'no revision known';
  }
}

function currentPage(): string {
  return existsSync(page) ? readFileSync(page, 'utf8') : '# Measurements\n';
}
