import type { UsageInfo } from '@wherry/wire/usage';
import { type Command, namespaceOption, targetOptions } from '../command.ts';
import { usageError } from '../failures.ts';
import { type Column, table } from '../output/table.ts';
import { checkKnown, functionOption } from './known-function.ts';
import { fileFormat } from './file-format.ts';
import { writeTable } from './export-table.ts';
import { tableQuery } from './table-options.ts';

const formats = ['table', 'csv', 'json', 'jsonl', 'xlsx'] as const;

export const command: Command = {
  name: 'usage',
  summary: 'Show what functions used: calls, GB-seconds, processor time.',
  details:
    'GB-seconds are the memory limit of a function in gigabytes of 2^30 bytes, times the seconds that its calls ran. All of it comes out of the\n' +
    'history of metrics, thirteen months of it; a number is complete some ten seconds after the call.',
  options: [
    { flags: '--by <WHAT>', says: 'function or namespace (function)', choices: ['function', 'namespace'] },
    { flags: '--since <WHEN>', says: 'from so long ago (24h, 7d), or from a time on (30d)' },
    { flags: '--until <WHEN>', says: 'up to then' },
    {
      flags: '--every <PERIOD>',
      says: 'a row for each hour, day, week or month',
      choices: ['hour', 'day', 'week', 'month'],
    },
    { flags: '--zone <ZONE>', says: 'whose days, such as Europe/Berlin (UTC)' },
    { flags: '--function <NAME>', says: 'only of this function' },
    { flags: '--format <FORMAT>', says: `${formats.join(', ')} (table)`, choices: formats },
    { flags: '--to <FILE>', says: 'write it there; standard output unless given' },
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['usage', 'by function, of the last thirty days'],
    ['usage --by namespace --every month --since 365d --format csv', 'for an invoice'],
  ],
  exits: [3, 4, 5],
  related: ['export', 'query', 'calls'],
  async run(context) {
    const { options, output } = context;
    const to = options.text('to');
    const format = fileFormat(formats, to, options.oneOf('format', '--format', formats)) ?? 'table';
    if (format !== 'table') return writeTable(context, 'usage');
    if (to !== undefined)
      throw usageError('a table is for people, and goes to no file', 'Name a format: --format csv');
    const { format: _, ...query } = tableQuery(options);
    const rows = await context.ask('Reading the usage', async (client) => {
      const found = await client.readUsage(query);
      const named = functionOption(options);
      if (found.length === 0 && named !== undefined) await checkKnown(client, named);
      return found;
    });
    if (rows.length === 0) output.note('Nothing was used.');
    else output.note(periodOf(rows));
    await output.result(rows, () =>
      rows.length === 0 ? '' : table(columnsFor(rows), rows, output.out.columns),
    );
  },
};

/** From the first moment that the rows are about to the last. */
function periodOf(rows: readonly UsageInfo[]): string {
  const seconds = (time: string | undefined): string => (time ?? '').replace(/\.\d+Z$/, 'Z');
  const from = rows.map((row) => row.from).sort()[0];
  const to = rows
    .map((row) => row.to)
    .sort()
    .at(-1);
  return `From ${seconds(from)} to ${seconds(to)}. Another time: --since 7d, --until 24h`;
}

function columnsFor(rows: readonly UsageInfo[]): readonly Column<UsageInfo>[] {
  const split = new Set(rows.map(({ from }) => from)).size > 1;
  const number = (head: string, cell: (row: UsageInfo) => number): Column<UsageInfo> => ({
    ...{ head, right: true, cell: (row) => rounded(cell(row)) },
  });
  return [
    ...(split ? [{ head: 'FROM', cell: ({ from }: UsageInfo) => from.replace(/\.\d+Z$/, 'Z') }] : []),
    { head: 'NAMESPACE', cell: ({ namespace }) => namespace },
    ...(rows.some(({ name }) => name !== undefined)
      ? [{ head: 'FUNCTION', cell: ({ name }: UsageInfo) => name ?? '', shrinks: true }]
      : []),
    number('CALLS', ({ calls }) => calls),
    number('ERRORS', ({ errors }) => errors),
    number('COLD', ({ cold }) => cold),
    number('WAKING S', ({ wakeSeconds }) => wakeSeconds),
    number('GB-SECONDS', ({ gbSeconds }) => gbSeconds),
    number('CPU S', ({ cpuSeconds }) => cpuSeconds),
  ];
}

function rounded(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toFixed(value < 10 ? 3 : 1)));
}
