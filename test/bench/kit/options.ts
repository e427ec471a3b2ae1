import { parseArgs } from 'node:util';

/** How much is measured. */
export interface Options {
  readonly rounds: number;
  /** Fewer rounds and fewer cells: enough to see a tendency, not to quote. */
  readonly quick: boolean;
  /** Whether docs/benchmarks.md is written. */
  readonly page: boolean;
  /** As typed, for the page. */
  readonly command: string;
}

export const usualRounds = 7;
const quickRounds = 3;

/** Reads `--quick`, `--rounds N`, `--page`, `--no-page`. A quick run stays off the page unless it is asked for. */
export function optionsOf(argv: readonly string[], name: string): Options {
  const { values } = parseArgs({
    args: [...argv],
    allowNegative: true,
    options: { quick: { type: 'boolean' }, rounds: { type: 'string' }, page: { type: 'boolean' } },
  });
  const quick = values.quick ?? false;
  const rounds = values.rounds === undefined ? (quick ? quickRounds : usualRounds) : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds ${values.rounds}: a number from 1 on`);
  const flags = [
    ...(quick ? [' --quick'] : []),
    ...(values.rounds === undefined ? [] : [` --rounds ${rounds}`]),
  ];
  return {
    rounds,
    quick,
    page: values.page ?? !quick,
    command: `npm run bench -- --only ${name}${flags.join('')}`,
  };
}
