import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FunctionSpec } from '@wherry/core/function';
import type { Client } from '@wherry/wire/client';
import { writeStack } from '@wherry/stack/write-stack';
import { type Command, targetOptions } from '../command.ts';
import { specOf } from '../deploying/spec-of-status.ts';
import { usageError } from '../failures.ts';
import { counted } from '../output/quantities.ts';
import { exportLink } from './export-link.ts';
import { writeTable } from './export-table.ts';
import { filterOptions, formatOption, tableList } from './table-options.ts';

export const command: Command = {
  name: 'export',
  summary: 'Write what is deployed as a stack file, or a table for a spreadsheet.',
  details:
    `Without a table: a stack file. Tables: ${tableList}.\n` +
    'Cells that a spreadsheet would take for formulas get an apostrophe in CSV; Excel workbooks and JSON have them as they are.\n' +
    'Secrets are named in it and never written. Functions that were deployed from code are named by the package that the gateway keeps:\n' +
    'such a file brings them back here, and elsewhere needs the code.',
  arguments: [{ name: '[TABLE]', says: 'which table; a stack file unless given' }],
  options: [
    { flags: '--to <FILE>', says: 'write it there; standard output unless given' },
    formatOption,
    ...filterOptions,
    ...targetOptions,
  ],
  examples: [
    ['export > stack.yaml', 'all namespaces'],
    ['export -n team-a --to team-a.yaml', 'one of them'],
    ['export calls --since 7d --to calls.xlsx', 'a table'],
    ['export link usage --every day', 'an address that Excel can refresh'],
  ],
  exits: [3, 4, 5],
  related: ['import', 'plan', 'usage', 'audit'],
  subcommands: [exportLink],
  async run(context) {
    const { options, output, cwd, args } = context;
    if (args[0] !== undefined) return writeTable(context, args[0]);
    if (options.text('format') !== undefined)
      throw usageError('a stack file has one format', 'Name a table: wherry export calls --format csv');
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
      () => `Wrote ${counted(specs.length, 'function')} to ${to}`,
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
