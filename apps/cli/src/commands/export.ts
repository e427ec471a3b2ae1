import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FunctionSpec } from '@wherry/core/function';
import type { Client } from '@wherry/wire/client';
import { writeStack } from '@wherry/stack/write-stack';
import { type Command, namespaceOption, targetOptions } from '../command.ts';
import { specOf } from '../deploying/spec-of-status.ts';
import { usageError } from '../failures.ts';

export const command: Command = {
  name: 'export',
  summary: 'Write what is deployed as a stack file.',
  details:
    'Secrets are named in it and never written. Functions that were deployed from code are named by the package that the gateway keeps:\n' +
    'such a file brings them back here, and elsewhere needs the code.',
  options: [
    { flags: '--to <FILE>', says: 'write it there; standard output unless given' },
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['export > stack.yaml', 'all namespaces'],
    ['export -n team-a --to team-a.yaml', 'one of them'],
  ],
  exits: [3, 4, 5],
  related: ['import', 'plan', 'deploy'],
  async run(context) {
    const { options, output, cwd } = context;
    const { client } = await context.connect();
    const specs = await deployed(client, options.text('namespace'));
    const text = writeStack(specs, client.target.url);
    const to = options.text('to');
    if (to === undefined) {
      await output.result(specs, () => text);
      return;
    }
    await writeFile(resolve(cwd, to), text);
    await output.result(
      { file: to, functions: specs.length },
      () => `Wrote ${specs.length} functions to ${to}`,
    );
  },
};

/** Every function of a namespace, or of all that may be seen. Two of one name in two namespaces do not fit into one stack file. */
async function deployed(client: Client, namespace: string | undefined): Promise<readonly FunctionSpec[]> {
  const namespaces = namespace === undefined ? await client.listNamespaces() : [namespace];
  const specs: FunctionSpec[] = [];
  for (const one of namespaces) specs.push(...(await client.listFunctions(one)).map(specOf));
  const names = specs.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw usageError(
      `${twice} is deployed in two namespaces, and a stack file has each name once`,
      'Export them one by one: --namespace NAME',
    );
  return specs;
}
