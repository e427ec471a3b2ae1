import { defaultNamespace } from '@wherry/core/names';
import type { FunctionStatus } from '@wherry/wire/function-status';
import { type Command, namespaceOption, targetOptions } from '../command.ts';
import { ago } from '../output/quantities.ts';
import { type Column, table } from '../output/table.ts';
import { paintStatus, statusOf } from './status-words.ts';

const orders = ['name', 'calls', 'invocations', 'creation'] as const;

export const command: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show the functions that are deployed.',
  options: [
    { flags: '-q, --quiet', says: 'names only' },
    { flags: '-v, --verbose', says: 'also image and age' },
    { flags: '--sort <BY>', says: 'name (the default), calls or creation' },
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['list', 'all functions, with how they are'],
    ['list -q | xargs -n1 wherry describe', 'each of them in full'],
    ['list -o json', 'for programs'],
  ],
  exits: [4, 5],
  related: ['describe', 'calls'],
  async run(context) {
    const { options, output, namespace } = context;
    const order = options.oneOf('sort', '--sort', orders) ?? 'name';
    const functions = [
      ...(await context.ask('Reading the functions', (client) => client.listFunctions(namespace))),
    ];
    functions.sort((a, b) => {
      if (order === 'calls' || order === 'invocations')
        return (b.invocationCount ?? 0) - (a.invocationCount ?? 0);
      return order === 'creation'
        ? Date.parse(a.createdAt) - Date.parse(b.createdAt)
        : a.name < b.name
          ? -1
          : 1;
    });
    if (functions.length === 0) output.note(nothing(namespace));
    await output.result(functions, () => {
      if (functions.length === 0) return '';
      if (options.flag('quiet')) return functions.map(({ name }) => name).join('\n');
      return table(columns(options.flag('verbose'), output.style), functions, output.out.columns);
    });
  },
};

function columns(
  verbose: boolean,
  style: Parameters<typeof paintStatus>[2],
): readonly Column<FunctionStatus>[] {
  const more: Column<FunctionStatus>[] = [
    { head: 'CREATED', cell: ({ createdAt }) => ago(createdAt, Date.now()) },
    { head: 'IMAGE', cell: ({ image }) => image, shrinks: true },
  ];
  return [
    { head: 'NAME', cell: ({ name }) => name },
    { head: 'STATUS', cell: statusOf, paint: (text, row) => paintStatus(statusOf(row), text, style) },
    { head: 'CALLS', cell: ({ invocationCount }) => String(invocationCount ?? 0), right: true },
    { head: 'INSTANCES', cell: instances, right: true },
    ...(verbose ? more : []),
  ];
}

function instances({ replicas, availableReplicas }: FunctionStatus): string {
  const available = availableReplicas ?? 0;
  return available === (replicas ?? 0) ? String(available) : `${available}/${replicas}`;
}

function nothing(namespace: string): string {
  const where = namespace === defaultNamespace ? '' : ` in ${namespace}`;
  return `Nothing is deployed${where}. Deploy a file or a folder: wherry deploy NAME --from PATH`;
}
