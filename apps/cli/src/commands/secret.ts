import type { SecretStatus } from '@wherry/wire/secrets';
import { buildSecrets } from './build-secrets.ts';
import { type Command, dryRunOption, targetOptions } from '../command.ts';
import { ago } from '../output/quantities.ts';
import { table } from '../output/table.ts';
import { apply, create, namespaceOption, remove, update } from './secret-changes.ts';

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

const rotateKey: Command = {
  name: 'rotate-key',
  summary: 'Encrypt all secrets with a new key, and destroy the old one.',
  details:
    'The key lies in secrets.key of the gateway’s home. Keep a copy of it, apart from copies of the database, and a new copy\n' +
    'after this. Without the key the secrets are lost; everything else is not.',
  options: [dryRunOption, ...targetOptions],
  exits: [4, 5],
  async run(context) {
    const rotated = await context.change({
      label: 'Encrypting anew',
      work: (client) => client.rotateSecretKey(),
      async look(client) {
        await client.listTokens(); // What the admin alone may, as this.
        return 'encrypt every secret with a new key';
      },
    });
    if (rotated === undefined) return;
    const { done } = rotated;
    await context.output.result(
      done,
      () => `Encrypted ${done.secrets} ${done.secrets === 1 ? 'secret' : 'secrets'} anew`,
    );
  },
};

export const command: Command = {
  name: 'secret',
  summary: 'Make, list, change and remove secrets.',
  subcommands: [create, list, update, remove, apply, rotateKey, ...buildSecrets],
  examples: [
    ['secret create api-key --from-file key.txt', 'then: wherry deploy NAME --from PATH --secret api-key'],
  ],
  related: ['deploy', 'namespace'],
};
