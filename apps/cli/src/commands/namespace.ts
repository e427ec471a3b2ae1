import { checkName } from '@wherry/core/names';
import { present } from '@wherry/wire/deployment';
import type { FunctionNamespace } from '@wherry/wire/namespaces';
import { type ArgumentSpec, type Command, dryRunOption, type OptionSpec, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { alreadyThere, localError } from '../failures.ts';
import { counted } from '../output/quantities.ts';

const named: readonly ArgumentSpec[] = [{ name: '<NAME>', says: 'the namespace: a-z, 0-9 and "-"' }];

const content: readonly OptionSpec[] = [
  { flags: '-l, --label <KEY=VALUE>', says: 'a label; repeatable', repeats: true },
  { flags: '--annotation <KEY=VALUE>', says: 'an annotation; repeatable', repeats: true },
];

const create: Command = {
  name: 'create',
  summary: 'Make a namespace.',
  arguments: named,
  options: [...content, dryRunOption, ...targetOptions],
  examples: [
    ['namespace create team-a', 'a room of its own for functions and secrets'],
    ['namespace create team-a --annotation com.wherry.quota.functions=20', 'with a limit'],
  ],
  exits: [4, 5],
  async run(context) {
    const wish = wishOf(context);
    const made = await context.change({
      label: 'Making the namespace',
      work: (client) => client.createNamespace(wish),
      async look(client) {
        if (!(await client.listNamespaces()).includes(wish.name)) return `create namespace ${wish.name}`;
        throw alreadyThere(
          'namespace_exists',
          `namespace ${wish.name}`,
          `Change it: wherry namespace update ${wish.name}`,
        );
      },
    });
    if (made === undefined) return;
    await context.output.result(wish, () => `Created ${wish.name}`);
    context.output.note(`Deploy into it: wherry deploy NAME.${wish.name} --from PATH`);
  },
};

const update: Command = {
  name: 'update',
  summary: 'Give a namespace new labels and annotations, in the place of the old ones.',
  arguments: named,
  options: [...content, dryRunOption, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const wish = wishOf(context);
    const updated = await context.change({
      label: 'Changing the namespace',
      work: (client) => client.updateNamespace(wish),
      look: async (client) => `update namespace ${(await client.readNamespace(wish.name)).name}`,
    });
    if (updated === undefined) return;
    await context.output.result(wish, () => `Updated ${wish.name}`);
  },
};

const get: Command = {
  name: 'get',
  aliases: ['describe'],
  summary: 'Show a namespace with its labels and annotations.',
  arguments: named,
  options: targetOptions,
  exits: [3, 4, 5],
  async run(context) {
    const name = nameOf(context);
    const found = await context.ask('Reading the namespace', (client) => client.readNamespace(name));
    await context.output.result(found, () => shown(found));
  },
};

export const list: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show the namespaces.',
  options: targetOptions,
  exits: [4, 5],
  async run(context) {
    const { output } = context;
    const names = await context.ask('Reading the namespaces', (client) => client.listNamespaces());
    await output.result(names, () => names.join('\n'));
  },
};

const remove: Command = {
  name: 'remove',
  aliases: ['rm', 'delete'],
  summary: 'Remove an empty namespace, and the tokens that were good for it alone.',
  arguments: named,
  options: [dryRunOption, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const name = nameOf(context);
    const removed = await context.change({
      label: 'Removing the namespace',
      work: (client) => client.deleteNamespace(name),
      async look(client) {
        await client.readNamespace(name);
        const [functions, secrets] = await Promise.all([
          client.listFunctions(name),
          client.listSecrets(name),
        ]);
        if (functions.length + secrets.length === 0) return `remove namespace ${name}`;
        const holds = `${name} holds ${counted(functions.length, 'function')} and ${counted(secrets.length, 'secret')}`;
        throw localError('namespace_not_empty', 'Not empty', holds, 'Remove them first.');
      },
    });
    if (removed === undefined) return;
    await context.output.result({ name, removed: true }, () => `Removed ${name}`);
  },
};

export const command: Command = {
  name: 'namespace',
  aliases: ['ns'],
  summary: 'Make, list, change and remove namespaces.',
  details:
    'Functions and secrets of one namespace have nothing to do with those of another.\n' +
    'Quotas are annotations: com.wherry.quota.functions, com.wherry.quota.instances, com.wherry.quota.memory.',
  subcommands: [create, list, get, update, remove],
  examples: [['namespace create team-a', 'then: wherry deploy NAME.team-a --from PATH']],
  related: ['secret', 'token'],
};

function nameOf({ args }: Context): string {
  return checkName('namespace', args[0]);
}

function wishOf(context: Context): FunctionNamespace {
  return present<FunctionNamespace>({
    name: nameOf(context),
    labels: context.options.keyValues('label', '--label'),
    annotations: context.options.keyValues('annotation', '--annotation'),
  });
}

function shown({ name, labels = {}, annotations = {} }: FunctionNamespace): string {
  const lines = (title: string, map: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(map).map(
      ([key, value], i) => `${i === 0 ? title.padEnd(13) : ' '.repeat(13)}${key}: ${value}`,
    );
  return [
    `${'Name'.padEnd(13)}${name}`,
    ...lines('Labels', labels),
    ...lines('Annotations', annotations),
  ].join('\n');
}
