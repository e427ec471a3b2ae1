import { durationMs } from '@wherry/core/rules/quantity';
import { type Command, dryRunOption, targetOptions } from '../command.ts';
import { alreadyThere } from '../failures.ts';
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
    dryRunOption,
    ...targetOptions,
  ],
  examples: [
    ['export link usage --every day --since 30d', 'usage of the last thirty days, whenever it is opened'],
    ['export link calls --failed --since 7d --functions shop/*', 'failed calls of one namespace'],
  ],
  exits: [4, 5],
  async run(context) {
    const { args, options, output } = context;
    const table = args[0] ?? '';
    const [functions, expires] = [options.text('functions'), options.text('expires')];
    const request = {
      name: options.text('name') ?? `export-${table}-${Date.now().toString(36)}`,
      ...(functions === undefined ? {} : { functions }),
      ...(expires === undefined ? {} : { expiresInSeconds: seconds(expires) }),
    };
    const changed = await context.change({
      label: 'Making the address',
      work: async (client) => ({
        made: await client.createExportLink(table, tableQuery(options), request),
        at: client.target.url,
      }),
      async look(client) {
        if ((await client.listTokens()).some(({ name }) => name === request.name))
          throw alreadyThere('token_exists', `token ${request.name}`, 'Use another --name');
        return `make an address of the table ${table}, ${request.name}, for ${functions ?? '*'}`;
      },
    });
    if (changed === undefined) return;
    const { made, at } = changed.done;
    const url = `${at}${made.path}`;
    await output.result({ ...made, url }, () => url);
    output.note(
      `This is the only time it is shown, and it is a password: whoever has it reads this table until ${made.expiresAt}. ` +
        `End it: wherry token revoke ${made.name}`,
    );
  },
};

function seconds(text: string): number {
  return Math.ceil(durationMs('--expires', text) / 1000);
}
