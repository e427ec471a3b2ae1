import { defaultNamespace, parseFullName } from '@wherry/core/names';
import type { StoreItem } from '@wherry/wire/store';
import { type Command, dryRunOption, namespaceOption, type OptionSpec, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failures.ts';
import { described } from '../output/store-item.ts';
import { type Column, table } from '../output/table.ts';
import { deployOptions } from './deploy-options.ts';

const ofFaasCli: readonly OptionSpec[] = [
  { flags: '-u, --url <URL>', says: 'accepted: the gateway’s catalogue is shown', hidden: true },
  { flags: '-p, --platform <NAME>', says: 'accepted: that of the gateway’s machine', hidden: true },
  { flags: '-v, --verbose', says: 'whole descriptions' },
];

const columns = (verbose: boolean): readonly Column<StoreItem>[] => [
  { head: 'FUNCTION', cell: ({ name }) => name },
  { head: 'NETWORK', cell: ({ permissions }) => permissions.network },
  {
    head: 'DESCRIPTION',
    cell: ({ description }) => description,
    ...(verbose ? {} : { shrinks: true as const }),
  },
];

const list: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show the functions that can be deployed by their names.',
  options: [...ofFaasCli, ...targetOptions],
  examples: [['store list', '']],
  exits: [4, 5],
  async run(context) {
    const { output, options } = context;
    const { functions } = await context.ask('Listing', (client) => client.listStore());
    await output.result(functions, () =>
      table(
        columns(options.flag('verbose')),
        functions,
        options.flag('verbose') ? Infinity : output.out.columns,
      ),
    );
  },
};

const describe: Command = {
  name: 'describe',
  aliases: ['inspect'],
  summary: 'Show one function of the store: what it asks for, and how it is called.',
  arguments: [{ name: '<NAME>', says: 'the function in the store' }],
  options: [...ofFaasCli, ...targetOptions],
  examples: [['store describe mememachine', '']],
  exits: [3, 4, 5],
  async run(context) {
    const name = named(context);
    const item = await context.ask('Looking', (client) => client.readStoreItem(name));
    await context.output.result(item, () => described(item));
  },
};

const deploy: Command = {
  name: 'deploy',
  summary: 'Deploy a function of the store. What it asks for is shown first.',
  arguments: [{ name: '<STORE-NAME>', says: 'the function in the store' }],
  options: [
    { flags: '--name <NAME>', says: 'what it shall be called here; as in the store unless given' },
    { flags: '-y, --yes', says: 'give it what it asks for without a question' },
    ...ofFaasCli,
    ...deployOptions,
    { flags: '--memory-limit <SIZE>', says: 'memory of an instance, such as 128Mi' },
    { flags: '--cpu-limit <SHARE>', says: 'processors of an instance, such as 500m' },
    { flags: '--timeout <DURATION>', says: 'how long a call may take (60s)' },
    { flags: '--network <GRANT>', says: 'another network than it asks for' },
    dryRunOption,
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['store deploy figlet', 'under its own name'],
    ['store deploy mememachine --name memes --yes', 'under another, with the network it asks for'],
  ],
  exits: [3, 4, 5, 6, 7],
  async run(context) {
    const { deployFromStore } = await import('../deploying/deploy-from-store.ts');
    return deployFromStore(named(context), context);
  },
};

function named({ args }: Context): string {
  const [name] = args;
  if (name === undefined)
    throw usageError('the name in the store is missing', 'See what there is: wherry store list');
  return parseFullName(name)?.namespace === defaultNamespace ? name.replace(/\..*$/, '') : name;
}

export const command: Command = {
  name: 'store',
  summary: 'Functions that are ready to be deployed.',
  subcommands: [list, describe, deploy],
  related: ['deploy', 'invoke'],
};
