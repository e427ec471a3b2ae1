import type { Setting } from '@wherry/wire/diagnosis';
import { type Command, targetOptions } from '../command.ts';
import type { Connection, Context } from '../context.ts';
import { type Column, table } from '../output/table.ts';

/** A setting of this program, in the shape of the gateway's. */
type Line = Omit<Setting, 'origin' | 'reload'> & { readonly origin: string };

export const command: Command = {
  name: 'config',
  summary: 'Show every setting, of this program and of the gateway, with its origin.',
  arguments: [
    { name: '[where]', says: '"where": also the flag and the variable of each', choices: ['where'] },
  ],
  options: targetOptions,
  examples: [
    ['config', 'what holds'],
    ['config where', 'and how to set it'],
  ],
  details:
    'Set them as a flag of wherry server, as a WHERRY_… variable, or in config.yaml of the home folder; the first of these counts.',
  exits: [4, 5],
  related: ['doctor', 'server'],
  run: (context) => show(context, context.args[0] === 'where'),
};

async function show(context: Context, ways: boolean): Promise<void> {
  const { output } = context;
  const connection = await context.connect();
  const own = clientSettings(context, connection);
  const settings = await connection.client.config();
  const shown = columns(ways);
  await output.result({ client: own, gateway: settings }, () => {
    const width = output.out.columns;
    return `This program:\n${table(shown, own, width)}\n\nThe gateway at ${connection.client.target.url}:\n${table(shown, settings, width)}`;
  });
}

function clientSettings({ home, env }: Context, { client, credentials }: Connection): readonly Line[] {
  return [
    {
      key: 'gateway',
      value: client.target.url,
      origin: client.target.origin,
      flag: '--gateway',
      variable: 'WHERRY_URL',
    },
    {
      key: 'token',
      value: credentials.authorization === undefined ? '' : '(set)',
      origin: credentials.origin,
      flag: '--token',
      variable: 'WHERRY_TOKEN',
    },
    {
      key: 'home',
      value: home,
      origin: env['WHERRY_HOME'] ? 'WHERRY_HOME' : 'default',
      variable: 'WHERRY_HOME',
    },
  ];
}

function columns(ways: boolean): readonly Column<Line>[] {
  const more: Column<Line>[] = [
    { head: 'FLAG', cell: ({ flag }) => flag ?? '' },
    { head: 'VARIABLE', cell: ({ variable }) => variable ?? '' },
  ];
  return [
    { head: 'SETTING', cell: ({ key }) => key },
    { head: 'VALUE', cell: ({ value }) => value, shrinks: true },
    { head: 'FROM', cell: ({ origin }) => origin },
    ...(ways ? more : []),
  ];
}
