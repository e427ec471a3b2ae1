import { checkName } from '@wherry/core/names';
import type { SecretStatus } from '@wherry/wire/secrets';
import { ClientError } from '@wherry/wire/client-error';
import { type ArgumentSpec, type Command, type OptionSpec, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { ago } from '../output/quantities.ts';
import { table } from '../output/table.ts';
import { folderSecrets, secretValue } from '../secrets/secret-value.ts';

const named: readonly ArgumentSpec[] = [{ name: '<NAME>', says: 'the secret: a-z, 0-9, "-" and "."' }];
const namespaceOption: OptionSpec = {
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

const create: Command = {
  name: 'create',
  summary: 'Make a secret. Its value is encrypted, and only functions that name it can read it.',
  arguments: named,
  options: [
    ...value,
    { flags: '--replace', says: 'change it where it is there already' },
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
    const made = await context.ask('Writing the secret', async (client) => {
      try {
        await client.createSecret(request);
        return 'created';
      } catch (error) {
        const there = error instanceof ClientError && error.report.code === 'secret_exists';
        if (!there || !context.options.flag('replace')) throw error;
        await client.updateSecret(request);
        return 'updated';
      }
    });
    await told(context, request, made);
  },
};

const update: Command = {
  name: 'update',
  aliases: ['u'],
  summary: 'Give a secret a new value. Functions that run see it within two seconds.',
  arguments: named,
  options: [...value, namespaceOption, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const request = await requestOf(context);
    await context.ask('Writing the secret', (client) => client.updateSecret(request));
    await told(context, request, 'updated');
  },
};

const list: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show the names of the secrets. Values are never shown.',
  options: [namespaceOption, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const { output, namespace } = context;
    const secrets = await context.ask('Reading the secrets', (client) => client.listSecrets(namespace));
    if (secrets.length === 0)
      output.note('There are none. Make one: wherry secret create NAME --from-file PATH');
    await output.result(secrets, () =>
      secrets.length === 0 ? '' : table(columns, secrets, output.out.columns),
    );
  },
};

const columns = [
  { head: 'NAME', cell: ({ name }: SecretStatus) => name },
  { head: 'CHANGED', cell: ({ updatedAt }: SecretStatus) => ago(updatedAt, Date.now()) },
  {
    head: 'STATE',
    cell: ({ readable }: SecretStatus) => (readable ? 'ok' : 'its key is lost: write it anew'),
  },
];

const remove: Command = {
  name: 'remove',
  aliases: ['rm', 'delete'],
  summary: 'Remove a secret. Functions that name it lose it at once, and do not start again without it.',
  arguments: named,
  options: [namespaceOption, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const of = { name: checkName('secret', context.args[0]), namespace: context.namespace };
    await context.ask('Removing the secret', (client) => client.deleteSecret(of));
    await context.output.result({ ...of, removed: true }, () => `Removed ${of.name}`);
  },
};

const apply: Command = {
  name: 'apply',
  summary: 'Make a secret of every file in a folder, or change it: the file’s name is the secret’s.',
  options: [
    { flags: '--from <FOLDER>', says: 'the folder (.secrets)' },
    ...trim,
    namespaceOption,
    ...targetOptions,
  ],
  exits: [4, 5],
  async run(context) {
    const { options, cwd, namespace, output } = context;
    const found = await folderSecrets(cwd, options.text('from') ?? '.secrets', !trims(context));
    await context.ask('Writing the secrets', async (client) => {
      const there = new Set((await client.listSecrets(namespace)).map(({ name }) => name));
      for (const { name, rawValue } of found) {
        const request = { name, namespace, rawValue };
        await (there.has(name) ? client.updateSecret(request) : client.createSecret(request));
      }
    });
    const names = found.map(({ name }) => name);
    await output.result({ namespace, names }, () => `Wrote ${names.join(', ')}`);
  },
};

const rotateKey: Command = {
  name: 'rotate-key',
  summary: 'Encrypt all secrets with a new key, and destroy the old one.',
  details:
    'The key lies in secrets.key of the gateway’s home. Keep a copy of it, apart from copies of the database, and a new copy\n' +
    'after this. Without the key the secrets are lost; everything else is not.',
  options: targetOptions,
  exits: [4, 5],
  async run(context) {
    const done = await context.ask('Encrypting anew', (client) => client.rotateSecretKey());
    await context.output.result(
      done,
      () => `Encrypted ${done.secrets} ${done.secrets === 1 ? 'secret' : 'secrets'} anew`,
    );
  },
};

export const command: Command = {
  name: 'secret',
  summary: 'Make, list, change and remove secrets.',
  subcommands: [create, list, update, remove, apply, rotateKey],
  examples: [
    ['secret create api-key --from-file key.txt', 'then: wherry deploy NAME --from PATH --secret api-key'],
  ],
  related: ['deploy', 'namespace'],
};

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
