import { readFile, writeFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import type { BoardInfo, BoardRequest } from '@wherry/wire/boards';
import type { Client } from '@wherry/wire/client';
import { type ArgumentSpec, type Command, dryRunOption, targetOptions } from '../command.ts';
import { notThere, usageError } from '../failures.ts';
import { type Column, table } from '../output/table.ts';
import { removeCommand } from './remove-command.ts';

const named: readonly ArgumentSpec[] = [{ name: '<NAME>', says: 'the board' }];

const columns: readonly Column<BoardInfo>[] = [
  { head: 'NAME', cell: ({ name }) => name },
  { head: 'TITLE', cell: ({ title }) => title, shrinks: true },
  { head: 'CHARTS', cell: ({ charts }) => String(charts.length) },
  { head: 'CHANGED', cell: ({ updatedAt }) => updatedAt },
];

const list: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show the boards of charts there are.',
  options: targetOptions,
  exits: [4, 5],
  async run(context) {
    const { output } = context;
    const boards = await context.ask('Reading the boards', (client) => client.listBoards());
    await output.result(boards, () =>
      boards.length === 0 ? '' : table(columns, boards, output.out.columns),
    );
    if (boards.length === 0) output.note('There are none. They are made in the dashboard: wherry dashboard');
  },
};

const exporting: Command = {
  name: 'export',
  summary: 'Write a board as JSON, to keep it or to take it to another gateway.',
  arguments: named,
  options: [{ flags: '--to <FILE>', says: 'write it there; standard output unless given' }, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const { args, options, output, cwd } = context;
    const { title, charts, name } = await context.ask('Reading the board', (client) =>
      client.readBoard(args[0] ?? ''),
    );
    const board = { name, title, charts };
    const text = `${JSON.stringify(board, null, 2)}\n`;
    const to = options.text('to');
    if (to === undefined) return output.result(board, () => text.trimEnd());
    await writeFile(resolve(cwd, to), text);
    await output.result({ file: to, name }, () => `Wrote ${name} to ${to}`);
  },
};

const importing: Command = {
  name: 'import',
  summary: 'Keep a board from a file that export wrote, new or in the place of the one of its name.',
  arguments: [{ name: '<FILE>', says: 'JSON' }],
  options: [
    { flags: '--name <NAME>', says: 'what it shall be called; else as the file says' },
    dryRunOption,
    ...targetOptions,
  ],
  exits: [3, 4, 5],
  async run(context) {
    const { args, options, output, cwd } = context;
    const file = args[0] ?? '';
    const { name: own, ...board } = boardIn(file, await readFile(resolve(cwd, file), 'utf8'));
    const name = options.text('name') ?? own ?? basename(file, extname(file));
    const kept = await context.change({
      label: 'Keeping the board',
      work: (client) => client.putBoard(name, board),
      look: async () => `keep board ${name}`,
    });
    if (kept !== undefined) await output.result(kept.done, () => `Kept ${name}`);
  },
};

const remove = removeCommand({
  thing: 'board',
  summary: 'Remove a board.',
  arguments: named,
  work: (client, name) => client.deleteBoard(name),
  look: known,
});

export const command: Command = {
  name: 'boards',
  aliases: ['board'],
  summary: 'Boards of charts: list, export, import, remove.',
  details: 'They are made in the dashboard, from charts of Explore.',
  subcommands: [list, exporting, importing, remove],
  examples: [['boards export shop --to shop.json', 'to keep it beside the code']],
  related: ['query', 'dashboard'],
};

async function known(client: Client, name: string): Promise<void> {
  if ((await client.listBoards()).some((board) => board.name === name)) return;
  throw notThere(`board ${name}`, 'See which there are: wherry boards list');
}

/** What stands in a file; the gateway checks the charts. */
function boardIn(file: string, text: string): BoardRequest & { readonly name?: string } {
  try {
    const { name, title, charts } = JSON.parse(text) as Partial<BoardInfo>;
    if (Array.isArray(charts))
      return { ...(name === undefined ? {} : { name }), ...(title === undefined ? {} : { title }), charts };
  } catch {
    // Said below.
  }
  throw usageError(`${file} is no board`, 'Write one with: wherry boards export NAME --to FILE');
}
