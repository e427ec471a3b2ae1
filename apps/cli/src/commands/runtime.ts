import { followed } from '../building/build-package.ts';
import { type Command, dryRunOption, targetOptions } from '../command.ts';
import { usageError } from '../failures.ts';
import { type Column, table } from '../output/table.ts';

interface Row {
  readonly name: string;
  readonly version: string;
}

const columns: readonly Column<Row>[] = [
  { head: 'RUNTIME', cell: ({ name }) => name },
  { head: 'VERSION', cell: ({ version }) => version },
];

const list: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show the languages, in all versions, that functions can run in where the gateway is.',
  options: [...targetOptions],
  examples: [['runtime list', '']],
  exits: [4, 5],
  async run(context) {
    const { output } = context;
    const runtimes = await context.ask('Looking', (client) => client.listRuntimes());
    await output.result(runtimes, () => table(columns, runtimes, output.out.columns));
  },
};

const add: Command = {
  name: 'add',
  summary: 'Fetch a version of Node for functions, from the npm registry.',
  arguments: [{ name: '<NAME>', says: 'node18, node20, node22 …' }],
  options: [dryRunOption, ...targetOptions],
  examples: [['runtime add node20', '']],
  exits: [4, 5],
  async run(context) {
    const { output, args } = context;
    const [name] = args;
    if (name === undefined) throw usageError('the runtime is missing', 'Write: wherry runtime add node20');
    if (context.options.flag('dryRun'))
      return output.result({ would: `fetch ${name}` }, () => `Would fetch ${name} from the npm registry`);
    const { client } = await context.connect();
    const progress = output.progress(`Fetching ${name}`, true);
    try {
      await followed(client.addRuntime(name), { step: (text) => progress.step(text), line: () => undefined });
    } finally {
      progress.stop();
    }
    await output.result({ name, result: 'added' }, () => `${name} is there: lang: ${name}`);
  },
};

export const command: Command = {
  name: 'runtime',
  aliases: ['runtimes'],
  summary: 'Languages that functions run in.',
  subcommands: [list, add],
  related: ['new', 'doctor'],
};
