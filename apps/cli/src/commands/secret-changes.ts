import { checkName } from '@wherry/core/names';
import type { SecretStatus } from '@wherry/wire/secrets';
import type { Client } from '@wherry/wire/client';
import { ClientError } from '@wherry/wire/client-error';
import { type ArgumentSpec, type Command, dryRunOption, type OptionSpec, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { alreadyThere, notThere } from '../failures.ts';
import { folderSecrets, secretValue } from '../secrets/secret-value.ts';

const named: readonly ArgumentSpec[] = [{ name: '<NAME>', says: 'the secret: a-z, 0-9, "-" and "."' }];
export const namespaceOption: OptionSpec = {
  flags: '-n, --namespace <NAME>',
  says: 'namespace of the secret',
  group: 'target',
};
const trim: readonly OptionSpec[] = [
  { flags: '--no-trim', says: 'keep blanks and line ends at both ends of the value' },
  { flags: '--trim', says: 'take them off, as always unless told otherwise', hidden: true },
];
const value: readonly OptionSpec[] = [
  { flags: '--from-file <PATH>', says: 'the value is what the file holds; "-" is standard input' },
  {
    flags: '--from-literal <TEXT>',
    says: 'the value itself; other users of this machine can see it while this runs',
  },
  ...trim,
];

export const create: Command = {
  name: 'create',
  summary: 'Make a secret. Its value is encrypted, and only functions that name it can read it.',
  arguments: named,
  options: [
    ...value,
    { flags: '--replace', says: 'change it where it is there already' },
    dryRunOption,
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['secret create api-key --from-file key.txt', 'from a file'],
    ['secret create api-key < key.txt', 'from standard input'],
    ['deploy shop --from ./shop --secret api-key', 'the function reads /var/openfaas/secrets/api-key'],
  ],
  exits: [4, 5],
  async run(context) {
    const request = await requestOf(context);
    const replace = context.options.flag('replace');
    const made = await context.change({
      label: 'Writing the secret',
      async work(client) {
        try {
          await client.createSecret(request);
          return 'created';
        } catch (error) {
          const there = error instanceof ClientError && error.report.code === 'secret_exists';
          if (!there || !replace) throw error;
          await client.updateSecret(request);
          return 'updated';
        }
      },
      async look(client) {
        if (!(await isThere(client, request))) return `create secret ${request.name}`;
        if (replace) return `update secret ${request.name}`;
        throw alreadyThere('secret_exists', `secret ${request.name}`, 'Change it: --replace');
      },
    });
    if (made !== undefined) await told(context, request, made.done);
  },
};

export const update: Command = {
  name: 'update',
  aliases: ['u'],
  summary: 'Give a secret a new value. Functions that run see it within two seconds.',
  arguments: named,
  options: [...value, dryRunOption, namespaceOption, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const request = await requestOf(context);
    const updated = await context.change({
      label: 'Writing the secret',
      work: (client) => client.updateSecret(request),
      look: (client) => known(client, request, 'update'),
    });
    if (updated !== undefined) await told(context, request, 'updated');
  },
};

export const remove: Command = {
  name: 'remove',
  aliases: ['rm', 'delete'],
  summary: 'Remove a secret. Functions that name it lose it at once, and do not start again without it.',
  arguments: named,
  options: [dryRunOption, namespaceOption, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const of = { name: checkName('secret', context.args[0]), namespace: context.namespace };
    const removed = await context.change({
      label: 'Removing the secret',
      work: (client) => client.deleteSecret(of),
      look: (client) => known(client, of, 'remove'),
    });
    if (removed === undefined) return;
    await context.output.result({ ...of, removed: true }, () => `Removed ${of.name}`);
  },
};

export const apply: Command = {
  name: 'apply',
  summary: 'Make a secret of every file in a folder, or change it: the file’s name is the secret’s.',
  options: [
    { flags: '--from <FOLDER>', says: 'the folder (.secrets)' },
    ...trim,
    dryRunOption,
    namespaceOption,
    ...targetOptions,
  ],
  exits: [4, 5],
  async run(context) {
    const { options, cwd, namespace, output } = context;
    const found = await folderSecrets(cwd, options.text('from') ?? '.secrets', !trims(context));
    const namesThere = async (client: Client): Promise<ReadonlySet<string>> =>
      new Set((await client.listSecrets(namespace)).map(({ name }) => name));
    const wrote = await context.change({
      label: 'Writing the secrets',
      async work(client) {
        const there = await namesThere(client);
        for (const { name, rawValue } of found) {
          const request = { name, namespace, rawValue };
          await (there.has(name) ? client.updateSecret(request) : client.createSecret(request));
        }
      },
      async look(client) {
        const there = await namesThere(client);
        return found.map(({ name }) => `${there.has(name) ? 'update' : 'create'} ${name}`).join(', ');
      },
    });
    if (wrote === undefined) return;
    const names = found.map(({ name }) => name);
    await output.result({ namespace, names }, () => `Wrote ${names.join(', ')}`);
  },
};

type Named = Pick<SecretStatus, 'name' | 'namespace'>;

async function isThere(client: Client, { name, namespace }: Named): Promise<boolean> {
  return (await client.listSecrets(namespace)).some((secret) => secret.name === name);
}

async function known(client: Client, of: Named, verb: string): Promise<string> {
  if (await isThere(client, of)) return `${verb} secret ${of.name}`;
  throw notThere(`secret ${of.name}`, `See which there are: wherry secret list -n ${of.namespace}`);
}

async function requestOf(context: Context): Promise<{ name: string; namespace: string; rawValue: string }> {
  const name = checkName('secret', context.args[0]);
  return { name, namespace: context.namespace, rawValue: await secretValue(context, !trims(context)) };
}

function trims({ options }: Context): boolean {
  return options.switchedOn('trim');
}

async function told(
  { output }: Context,
  { name, namespace }: { name: string; namespace: string },
  how: string,
): Promise<void> {
  await output.result(
    { name, namespace, result: how },
    () => `${how === 'created' ? 'Created' : 'Updated'} ${name}`,
  );
  if (how === 'created')
    output.note(`A function that was deployed with --secret ${name} reads /var/openfaas/secrets/${name}`);
}
