import { languages } from '@wherry/core/languages';
import type { Command, OptionSpec } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failures.ts';
import { type Column, table } from '../output/table.ts';
import type { Pulled } from '../templates/pull.ts';
import { stackOptions } from './stack-options.ts';

const pullOptions: readonly OptionSpec[] = [
  { flags: '--update', says: 'take what has changed since it was pinned in template-lock.json' },
  { flags: '--no-overwrite', says: 'keep templates that are there already' },
  { flags: '--overwrite', says: 'as always unless told otherwise', hidden: true },
  { flags: '--repo <URL>', says: 'accepted: name it as the argument', hidden: true },
];

const pullCommand: Command = {
  name: 'pull',
  summary:
    'Fetch templates into ./template: from a repository, an archive, or all that the stack file names.',
  details: 'template-lock.json pins what came; a later pull of the same source must be the same to the byte.',
  arguments: [
    {
      name: '[SOURCE]',
      says: 'URL, URL#VERSION, an archive (.tar.gz), or the word stack; the stack’s where it is left out',
    },
  ],
  options: [...stackOptions, ...pullOptions],
  examples: [
    ['template pull https://github.com/openfaas/templates', 'all templates of a repository'],
    ['template pull https://github.com/openfaas/golang-http-template#0.11.0', 'at one version'],
    ['template pull stack', 'what configuration.templates of stack.yaml names'],
  ],
  exits: [5],
  related: ['new', 'build'],
  async run(context) {
    const { pull } = await import('../templates/pull.ts');
    const { options, output, args } = context;
    const settings = { update: options.flag('update'), overwrite: options.switchedOn('overwrite') };
    const [written] = args;
    const progress = output.progress('Fetching templates');
    const pulled: Pulled[] = [];
    try {
      if (written !== undefined && written !== 'stack')
        pulled.push(...(await pull(written, context, settings)));
      else
        for (const { name, source } of await inStack(context))
          pulled.push(
            ...(await pull(source, context, {
              ...settings,
              ...(name === undefined ? {} : { wanted: [name] }),
            })),
          );
    } finally {
      progress.stop();
    }
    await output.result(pulled, () =>
      pulled.map(({ name, result }) => `${result === 'kept' ? 'Kept' : 'Pulled'} ${name}`).join('\n'),
    );
  },
};

async function inStack(context: Context): Promise<readonly { name: string | undefined; source: string }[]> {
  const { openStack, stackPath } = await import('../deploying/stack.ts');
  const path = stackPath(context);
  if (path === undefined)
    throw usageError(
      'it is not said where from',
      'Write: wherry template pull URL, or name a stack file with -f',
    );
  const { templates } = await openStack(context, path, []);
  const named = templates.flatMap(({ name, source }) => (source === undefined ? [] : [{ name, source }]));
  if (named.length === 0)
    throw usageError(`${path} names no templates with a source`, 'Add them below configuration.templates');
  return named;
}

interface Row {
  readonly name: string;
  readonly says: string;
  readonly aliases: readonly string[];
}

/** A version that shows what `#` in an alias stands for. */
const sample = { node: '22', python: '3', java: '17', php: '8', ruby: '3', go: '', process: '' } as const;

const rows: readonly Row[] = languages.map(({ name, says, aliases, runtime }) => ({
  name,
  says,
  aliases: aliases.map((alias) => alias.replace('#', sample[runtime])),
}));

const columns: readonly Column<Row>[] = [
  { head: 'NAME', cell: ({ name }) => name },
  { head: 'WHAT', cell: ({ says }) => says },
  { head: 'ALSO', cell: ({ aliases }) => aliases.slice(0, 4).join(', '), shrinks: true },
];

const accepted: readonly OptionSpec[] = ['-r, --recommended', '--official', '-v, --verbose'].map((flags) => ({
  flags,
  says: 'accepted: all that are bundled are',
  hidden: true,
}));
const acceptedValues: readonly OptionSpec[] = ['-p, --platform <NAME>', '-u, --url <URL>'].map((flags) => ({
  flags,
  says: 'accepted: the bundled ones are shown',
  hidden: true,
}));

const list: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show the templates that are bundled.',
  options: [...accepted, ...acceptedValues],
  examples: [['template list', '']],
  async run({ output }) {
    await output.result(rows, () => table(columns, rows, output.out.columns));
  },
};

const describe: Command = {
  name: 'describe',
  summary: 'Show one of the bundled templates.',
  arguments: [{ name: '<NAME>', says: 'the template' }],
  options: acceptedValues,
  examples: [['template store describe go', '']],
  exits: [3],
  async run({ output, args }) {
    const { languageNamed } = await import('@wherry/core/languages');
    const found = languageNamed(args[0] ?? '')?.language;
    if (found === undefined)
      throw usageError('there is no such template', 'See which there are: wherry template list');
    const { name, says, aliases, runtime, entry } = found;
    await output.result(found, () =>
      [
        `Name:     ${name}`,
        `What:     ${says}`,
        `Runtime:  ${runtime}`,
        `Handler:  ${entry}`,
        `Also:     ${aliases.join(', ')}`,
      ].join('\n'),
    );
  },
};

/** As faas-cli has it. Bundled templates are not pulled: they are there. */
const store: Command = {
  name: 'store',
  summary: 'The bundled templates under faas-cli’s names.',
  subcommands: [
    list,
    describe,
    {
      ...pullCommand,
      summary: 'Bundled templates are there; other sources are fetched as template pull does.',
      async run(context) {
        const { languageNamed } = await import('@wherry/core/languages');
        const [name = ''] = context.args;
        if (languageNamed(name) === undefined) return pullCommand.run?.(context);
        await context.output.result(
          { name, result: 'bundled' },
          () => `${name} is bundled: wherry new NAME --lang ${name}`,
        );
        return 0;
      },
    },
  ],
};

export const command: Command = {
  name: 'template',
  summary: 'What functions begin with.',
  subcommands: [pullCommand, list, store],
  related: ['new'],
};
