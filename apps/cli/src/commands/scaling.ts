import { durationMs } from '@wherry/core/rules/quantity';
import { rfc3339 } from '@wherry/wire/times';
import { type Command, namespaceOption, targetOptions } from '../command.ts';
import { scalingTable } from '../output/scaling-table.ts';
import { suggesting } from './suggesting.ts';

export const command: Command = {
  name: 'scaling',
  summary: 'Show what was decided over a function’s number of instances, and why.',
  arguments: [{ name: '[NAME]', says: 'the function, NAME or NAME.NAMESPACE', completes: 'function' }],
  options: [
    { flags: '--since <DURATION>', says: 'only decisions of the last 10m, 1h, 7d …' },
    { flags: '--limit <COUNT>', says: 'at most so many (50)' },
    { flags: '--name <NAME>', says: 'the function', hidden: true },
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['scaling hello', 'wakes, sleeps, and everything between, newest first'],
    ['scaling hello --since 1h', 'of the last hour'],
  ],
  exits: [3, 4, 5],
  related: ['describe', 'scale', 'calls'],
  async run(context) {
    const { options, output } = context;
    const name = context.functionName();
    const since = options.text('since');
    const query = {
      ...(since === undefined ? {} : { since: rfc3339(Date.now() - durationMs('--since', since)) }),
      limit: options.integer('limit', '--limit') ?? 50,
    };
    const decisions = await context.ask('Reading the decisions', (client) =>
      suggesting(client, name, () => client.readScaling(name, query)),
    );
    await output.result(decisions, () =>
      decisions.length === 0 ? '' : scalingTable(decisions, output.style, output.out.columns),
    );
    if (decisions.length === 0) output.note('Nothing was decided.');
    output.note(`Its limits, and how it is now: wherry describe ${name.name}`);
  },
};
