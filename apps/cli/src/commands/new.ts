import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkName } from '@wherry/core/names';
import { languages } from '@wherry/core/languages';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failures.ts';
import { escapeLine } from '../output/escape.ts';
import { type Column, table } from '../output/table.ts';

const usualGateway = 'http://127.0.0.1:8080';

export const command: Command = {
  name: 'new',
  summary: 'Begin a function: its code from a template, and an entry in the stack file.',
  arguments: [{ name: '[NAME]', says: 'the function' }],
  options: [
    {
      flags: '--lang <LANGUAGE>',
      says: 'language or template; that of the last function in the stack file, or node',
    },
    { flags: '--handler <FOLDER>', says: 'where its code goes; a folder of its name unless given' },
    { flags: '-p, --prefix <PREFIX>', says: 'goes before the name of its image, such as docker.io/you' },
    {
      flags: '-a, --append <FILE>',
      says: 'the stack file that it is added to; the one that lies here unless given',
    },
    { flags: '-g, --gateway <URL>', says: `gateway of a new stack file (${usualGateway})` },
    { flags: '--memory-limit <SIZE>', says: 'memory of an instance, such as 128Mi' },
    { flags: '--memory-request <SIZE>', says: 'what an instance counts for' },
    { flags: '--cpu-limit <SHARE>', says: 'processors of an instance, such as 500m' },
    { flags: '--cpu-request <SHARE>', says: 'kept for OpenFaaS' },
    { flags: '--list', says: 'show the templates there are' },
    { flags: '-q, --quiet', says: 'say nothing but what went wrong' },
    { flags: '-f, --yaml <FILE>', says: 'the same as --append', hidden: true },
  ],
  examples: [
    ['new hello', 'JavaScript'],
    ['new report --lang python3-http', 'another language; OpenFaaS’s names are known too'],
    ['new --list', 'all of them'],
  ],
  related: ['up', 'dev', 'template'],
  run: (context) => (context.options.flag('list') ? list(context) : create(context)),
};

async function list({ output, cwd }: Context): Promise<void> {
  const { pulledTemplates } = await import('../templates/template.ts');
  const rows = [
    ...languages.map(({ name, says }) => ({ name, says, from: 'bundled' })),
    ...pulledTemplates(cwd).map((name) => ({ name, says: 'template/' + name, from: 'pulled' })),
  ];
  await output.result(rows, () => table(columns, rows, output.out.columns));
}

interface Row {
  readonly name: string;
  readonly says: string;
  readonly from: string;
}

const columns: readonly Column<Row>[] = [
  { head: 'LANGUAGE', cell: ({ name }) => name },
  { head: 'WHAT', cell: ({ says }) => says, shrinks: true },
  { head: 'FROM', cell: ({ from }) => from },
];

async function create(context: Context): Promise<void> {
  const { options, output, cwd, args } = context;
  const [{ findTemplate }, { addToStack, ignoreTraces, inProject, usualLanguage, writeHandler }] =
    await Promise.all([import('../templates/template.ts'), import('../templates/scaffold.ts')]);
  const [written] = args;
  if (written === undefined)
    throw usageError('the name of the function is missing', 'Write: wherry new NAME');
  const name = checkName('function', written);
  const stack = stackIn(context);
  const lang = options.text('lang') ?? (await usualLanguage(resolve(cwd, stack))) ?? 'node';
  const template = await findTemplate(lang, cwd);
  const folder = options.text('handler') ?? name;
  const prefix = options.text('prefix')?.replace(/\/+$/, '');
  const files = await writeHandler(template, resolve(cwd, folder));
  const how = await addToStack(resolve(cwd, stack), {
    name,
    lang: lang.replace(/@.*$/, ''),
    handler: inProject(cwd, folder),
    image: `${prefix === undefined || prefix === '' ? '' : `${prefix}/`}${name}:latest`,
    gateway: options.text('gateway') ?? usualGateway,
    limits: resources(options.text('memoryLimit'), options.text('cpuLimit')),
    requests: resources(options.text('memoryRequest'), options.text('cpuRequest')),
  });
  await ignoreTraces(cwd);
  if (options.flag('quiet')) return;
  const made = { name, lang: template.name, handler: folder, stack, files };
  await output.result(made, () => {
    const lines = files.map((file) => `  ${folder}/${file}`);
    return [
      `Created ${name} in ${template.name}`,
      ...lines,
      `  ${stack}${how === 'added' ? ' (added)' : ''}`,
    ].join('\n');
  });
  if (template.file.welcome !== undefined) {
    const lines = template.file.welcome.split('\n').map(escapeLine);
    output.note(`\n${lines.join('\n')}`);
  }
  const file = stack === 'stack.yaml' || stack === 'stack.yml' ? '' : ` -f ${stack}`;
  output.note(`\n  Run it:              wherry up${file}\n  Run it as you type:  wherry dev${file}`);
}

/** The file that a new function is added to. */
function stackIn({ options, cwd }: Context): string {
  const named = options.text('append') ?? options.text('yaml');
  if (named !== undefined) {
    if (options.text('append') !== undefined && !existsSync(resolve(cwd, named)))
      throw usageError(
        `--append: there is no ${named}`,
        'Leave it out; a stack file is made where there is none',
      );
    return named;
  }
  return ['stack.yaml', 'stack.yml'].find((file) => existsSync(join(cwd, file))) ?? 'stack.yaml';
}

function resources(
  memory: string | undefined,
  cpu: string | undefined,
): { memory?: string; cpu?: string } | undefined {
  if (memory === undefined && cpu === undefined) return undefined;
  return { ...(memory === undefined ? {} : { memory }), ...(cpu === undefined ? {} : { cpu }) };
}
