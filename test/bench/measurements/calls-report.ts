import type { Observed } from '../kit/rounds.ts';
import { atLeast, atMost, type Goal, type Section } from '../kit/section.ts';
import { type Sample, type Settled, settle, settleRatio } from '../kit/statistics.ts';
import { disturbed, figure, shown, table, times } from '../kit/table.ts';
import { type Answered, type Answers, type Cell, keyOf } from './calls-cell.ts';

/**
 * CPU-seconds of OpenFaaS (gateway, provider, watchdog, template; no container) for ten thousand echoes of 1 MiB at eight connections.
 * Measured on another day on a machine of the same kind, not in this run: the one comparison here that isn't side by side.
 */
const openFaasElsewhere = { 'Wherry, Node': 82.03, 'Wherry, Python': 122.25 };

export function callsReport(
  cells: readonly Cell[],
  stacks: readonly string[],
  answers: Answers,
  remarks: readonly string[],
): Section {
  const samples = (stack: string, cell: Cell, pick: (answered: Answered) => number | undefined): Sample[] =>
    (answers.get(keyOf(stack, cell)) ?? []).flatMap(({ result, foreign }) => {
      const value = pick(result);
      return value === undefined ? [] : [{ value, foreign }];
    });
  const rows = (show: (stack: string, cell: Cell) => string): string =>
    table(
      ['', ...stacks],
      cells.map((cell) => [cell.name, ...stacks.map((stack) => show(stack, cell))]),
    );
  const settled = (pick: (answered: Answered) => number | undefined): string =>
    rows((stack, cell) => shown(settle(samples(stack, cell, pick)), figure));
  const [first = '', ...others] = stacks;
  const against = (pick: (answered: Answered) => number | undefined): string =>
    table(
      ['', ...others],
      cells.map((cell) => [
        cell.name,
        ...others.map((stack) =>
          shown(settleRatio(samples(stack, cell, pick), samples(first, cell, pick)), times),
        ),
      ]),
    );
  const cpu = ({ cpuPer10k }: Answered): number | undefined => cpuPer10k;
  const rate = ({ calls, seconds }: Answered): number => calls / seconds;
  return {
    title: 'Calls',
    goals: goals(cells, first, (stack, cell) => samples(stack, cell, cpu)),
    blocks: [
      `CPU for the same calls, as a multiple of ${first} (less is better):`,
      against(cpu),
      `Calls a second, as a share of ${first} (more is better):`,
      against(rate),
      'CPU-seconds for 10,000 calls:',
      settled(cpu),
      'Calls a second:',
      settled(rate),
      'Milliseconds, median and 99th percentile, the load waiting in line included:',
      rows((stack, cell) => latency(answers.get(keyOf(stack, cell)) ?? [])),
      `${disturbed} fewer than three measurements without others on the machine.`,
      ...remarks,
      ...failed(answers),
    ],
  };
}

function latency(observed: readonly Observed<Answered>[]): string {
  const settled = (pick: (answered: Answered) => number): Settled =>
    settle(observed.map(({ result, foreign }) => ({ value: pick(result), foreign })));
  const [p50, p99] = [settled(({ p50Ms }) => p50Ms), settled(({ p99Ms }) => p99Ms)];
  return `${figure(p50.value)} / ${shown(p99, figure)}`;
}

function goals(cells: readonly Cell[], raw: string, cpu: (stack: string, cell: Cell) => Sample[]): Goal[] {
  const hello = cells.find(({ bytes, connections }) => bytes === 0 && connections === 64);
  const echo = cells.find(({ bytes, connections }) => bytes === 2 ** 20 && connections === 8);
  const against = (stack: string, limit: number): Goal[] =>
    hello === undefined
      ? []
      : [
          atMost(
            `${stack}: CPU of ${hello.name}, against ${raw}`,
            settleRatio(cpu(stack, hello), cpu(raw, hello)).value,
            limit,
            times,
          ),
        ];
  return [
    ...against('Wherry, Node', 2),
    ...against('Wherry, Python', 2.5),
    ...Object.entries(openFaasElsewhere).flatMap(([stack, seconds]) =>
      echo === undefined
        ? []
        : [
            atLeast(
              `${stack}: ${echo.name}, per CPU-second against OpenFaaS (${seconds} CPU-s per 10,000, measured elsewhere)`,
              seconds / settle(cpu(stack, echo)).value,
              2,
              times,
            ),
          ],
    ),
  ];
}

/** Calls that failed make a number worthless, so they are said by name. */
function failed(answers: Answers): string[] {
  const lines = [...answers].flatMap(([key, observed]) => {
    const failures = observed.reduce((sum, { result }) => sum + result.failures, 0);
    return failures === 0 ? [] : [`${key}: ${failures}`];
  });
  return lines.length === 0
    ? []
    : [`**Failed calls** (${lines.join('; ')}): those cells are not to be trusted.`];
}
