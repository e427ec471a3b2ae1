import { durationMs } from '@wherry/core/rules/quantity';
import { spanMs } from '@wherry/wire/table-requests';
import { type Command, targetOptions } from '../command.ts';
import { filterOptions, formatOption, tableList, tableQuery } from './table-options.ts';

/** `wherry export link`. */
export const exportLink: Command = {
  name: 'link',
  summary: 'Make an address of a table that Excel and Power BI can refresh.',
  details:
    'Whoever has the address reads this one table with these filters, and nothing else. It is shown once, and alone on standard output;\n' +
    'wherry token list has it under its name, and wherry token revoke NAME ends it.',
  arguments: [{ name: '<TABLE>', says: tableList }],
  options: [
    { flags: '--name <NAME>', says: 'what it is listed as; export-TABLE and a number unless given' },
    {
      flags: '--functions <PATTERN>',
      says: 'functions that it shows: NAME, NAMESPACE/NAME, either with a final * (*)',
    },
    { flags: '--expires <DURATION>', says: 'how long it opens: 12h, 30d … (90d)' },
    formatOption,
    ...filterOptions,
    ...targetOptions,
  ],
  examples: [
    ['export link usage --every day --since 30d', 'usage of the last thirty days, whenever it is opened'],
    ['export link calls --failed --since 7d --functions shop/*', 'failed calls of one namespace'],
  ],
  exits: [4, 5],
  async run(context) {
    const { args, options, output } = context;
    const { client } = await context.connect();
    const table = args[0] ?? '';
    const [functions, expires] = [options.text('functions'), options.text('expires')];
    const made = await client.createExportLink(table, tableQuery(options), {
      name: options.text('name') ?? `export-${table}-${Date.now().toString(36)}`,
      ...(functions === undefined ? {} : { functions }),
      ...(expires === undefined ? {} : { expiresInSeconds: seconds(expires) }),
    });
    const url = `${client.target.url}${made.path}`;
    await output.result({ ...made, url }, () => url);
    output.note(
      `This is the only time it is shown, and it is a password: whoever has it reads this table until ${made.expiresAt}. ` +
        `End it: wherry token revoke ${made.name}`,
    );
  },
};

function seconds(text: string): number {
  return Math.ceil((spanMs(text) ?? durationMs('--expires', text)) / 1000);
}
