import type { FunctionName } from '@wherry/core/names';
import { checkName } from '@wherry/core/names';
import type { Share } from '@wherry/core/traffic';
import { mostWeight, parseSticky, stickyRule } from '@wherry/wire/version-requests';
import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import { dotted, provingMs } from '../deploying/deployed.ts';
import { usageError } from '../failures.ts';
import { aliasTable, sharesText } from '../output/version-table.ts';
import { suggesting } from './suggesting.ts';

const functionArgument = {
  name: '<NAME>',
  says: 'the function, NAME or NAME.NAMESPACE',
  completes: 'function',
} as const;
const aliasArgument = { name: '<ALIAS>', says: 'the alias: a-z, 0-9 and "-", beginning with a letter' };

const set: Command = {
  name: 'set',
  summary: 'Lead an alias to a version, or to several by weight. Makes it where there is none.',
  details: `It is called as NAME@ALIAS. Weights are whole numbers up to ${mostWeight}, and count against each other: 9 and 1 are 90 % and 10 %.`,
  arguments: [functionArgument, aliasArgument],
  options: [
    { flags: '--version <VERSION[=WEIGHT]>', says: 'a version, or with commas several: 4=9,5=1' },
    { flags: '--sticky <WHAT>', says: 'whose calls stay together: client, header:NAME or cookie:NAME' },
    dryRunOption,
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['alias set hello stable --version 4', 'hello@stable is version 4'],
    [
      'alias set hello beta --version 4=9,5=1 --sticky cookie:session',
      'a tenth of the sessions meets version 5',
    ],
  ],
  exits: [3, 4, 5, 6],
  async run(context) {
    const { options, output } = context;
    const name = context.functionName();
    const alias = checkName('alias', context.args[1]);
    const shares = sharesOf(options.text('version'));
    const sticky = options.text('sticky');
    if (sticky !== undefined && parseSticky(sticky) === undefined)
      throw usageError(`--sticky: ${JSON.stringify(sticky)} ${stickyRule}`, 'Write it as --sticky client');
    const done = await context.change({
      label: 'Setting the alias',
      work: (client) =>
        suggesting(client, name, () =>
          client.setAlias(name, alias, { shares, ...(sticky === undefined ? {} : { sticky }) }, provingMs),
        ),
      look: (client) =>
        suggesting(client, name, async () => {
          const { versions } = await client.listVersions(name);
          const missing = shares.find((share) => versions.every(({ version }) => version !== share.version));
          if (missing !== undefined)
            throw usageError(
              `${name.name} has no version ${missing.version}`,
              `See which there are: wherry versions ${dotted(name)}`,
            );
          return `lead ${spelt(name, alias)} to version ${sharesText({ shares })}`;
        }),
    });
    if (done === undefined) return;
    await output.result(done.done, () => `${spelt(name, alias)}: version ${sharesText({ shares })}`);
    output.note(`\nCall it:  wherry invoke ${spelt(name, alias)} -d "hello"`);
  },
};

const list: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show the aliases of a function.',
  arguments: [functionArgument],
  options: [namespaceOption, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const { output } = context;
    const name = context.functionName();
    const aliases = await context.ask('Reading the aliases', (client) =>
      suggesting(client, name, () => client.listAliases(name)),
    );
    if (aliases.length === 0)
      output.note(`There are none. Make one: wherry alias set ${dotted(name)} stable --version 1`);
    await output.result(aliases, () => (aliases.length === 0 ? '' : aliasTable(aliases, output.out.columns)));
  },
};

const remove: Command = {
  name: 'remove',
  aliases: ['rm', 'delete'],
  summary: 'Remove an alias. The versions stay.',
  arguments: [functionArgument, aliasArgument],
  options: [dryRunOption, namespaceOption, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const name = context.functionName();
    const alias = checkName('alias', context.args[1]);
    const done = await context.change({
      label: 'Removing the alias',
      work: (client) => suggesting(client, name, () => client.removeAlias(name, alias)),
      look: (client) =>
        suggesting(client, name, async () => {
          const there = (await client.listAliases(name)).find((one) => one.name === alias);
          if (there !== undefined)
            return `remove ${spelt(name, alias)}, which leads to version ${sharesText(there)}`;
          throw usageError(
            `${name.name} has no alias ${alias}`,
            `See which there are: wherry alias list ${dotted(name)}`,
          );
        }),
    });
    if (done === undefined) return;
    await context.output.result({ ...name, alias, removed: true }, () => `Removed ${spelt(name, alias)}`);
  },
};

export const command: Command = {
  name: 'alias',
  aliases: ['aliases'],
  summary: 'Names for versions of a function, each with a weight.',
  subcommands: [set, list, remove],
  examples: [['alias set hello stable --version 4', 'then: wherry invoke hello@stable']],
  related: ['versions', 'canary', 'invoke'],
};

function spelt(name: FunctionName, alias: string): string {
  return `${dotted(name)}@${alias}`;
}

/** `4`, or `4=9,5=1`. */
function sharesOf(text: string | undefined): readonly Share[] {
  const wrong = (why: string): never => {
    throw usageError(`--version: ${why}`, 'Write it as --version 4, or --version 4=9,5=1');
  };
  if (text === undefined) return wrong('it is not said which version');
  return text.split(',').map((part) => {
    const [, version, weight = '1'] =
      /^\s*([1-9]\d{0,14})(?:=([1-9]\d{0,3}))?\s*$/.exec(part) ??
      wrong(`${JSON.stringify(part)} is not VERSION=WEIGHT`);
    if (Number(weight) > mostWeight) return wrong(`${weight} is more than ${mostWeight}`);
    return { version: Number(version), weight: Number(weight) };
  });
}
