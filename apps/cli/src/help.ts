import { exitMeanings } from './failures.ts';
import { type Command, type OptionSpec, optionsOf } from './command.ts';
import { pairs } from './output/table.ts';

const groups: readonly (readonly [OptionSpec['group'], string])[] = [
  [undefined, 'Options'],
  ['target', 'Which gateway'],
  ['output', 'Output'],
];

/** The help of one command, made from its data: purpose, examples, usage, flags by group, exit codes, related commands. */
export function commandHelp(command: Command, path: readonly string[]): string {
  const name = path.join(' ');
  const sections = [command.summary, examples(command), `Usage: ${usage(command, name)}`];
  if (command.details !== undefined) sections.push(command.details);
  const args = command.arguments ?? [];
  if (args.length > 0)
    sections.push(
      section(
        'Arguments',
        args.map(({ name, says }) => [name, says]),
      ),
    );
  const subcommands = (command.subcommands ?? []).filter(({ hidden }) => !hidden);
  if (subcommands.length > 0)
    sections.push(
      section(
        'Commands',
        subcommands.map((sub) => [signature(sub), sub.summary]),
      ),
    );
  for (const [group, title] of groups) {
    const shown = optionsOf(command).filter((option) => option.group === group && !option.hidden);
    if (shown.length > 0)
      sections.push(
        section(
          title,
          shown.map(({ flags, says }) => [aligned(flags), says]),
        ),
      );
  }
  const exits = [0, 1, 2, ...(command.exits ?? []), 130];
  if (command.run !== undefined)
    sections.push(`Exit codes: ${exits.map((code) => `${code} ${exitMeanings[code]}`).join(' · ')}`);
  const related = (command.related ?? []).map((other) => `wherry ${other}`);
  if (related.length > 0) sections.push(`See also: ${related.join(', ')}`);
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

/** The first page: what there is, in the order of a day's work. */
export function overview(chapters: readonly (readonly [string, readonly Command[]])[]): string {
  const width = Math.max(
    ...chapters.flatMap(([, commands]) => commands.map((command) => signature(command).length)),
  );
  const sections = chapters.map(([title, commands]) =>
    section(
      title,
      commands.map((command) => [signature(command).padEnd(width), command.summary]),
    ),
  );
  return [
    'Run functions: on this machine, on a server, with one command.',
    section('Start with', [
      ['wherry server', 'start the platform here'],
      ['wherry new hello; wherry up', 'begin a function, and deploy it'],
      ['wherry deploy hello --from handler.js', 'make a file a function'],
      ['wherry invoke hello -d "you"', 'call it'],
    ]),
    ...sections,
    'Help for a command: wherry COMMAND --help',
    '',
  ].join('\n\n');
}

function usage(command: Command, name: string): string {
  if (command.run === undefined) return `${name} COMMAND`;
  const args = (command.arguments ?? []).map((one) => one.name.replace(/^<(.*)>$/, '$1'));
  const own = [name, ...args, '[FLAGS]'].join(' ');
  return command.subcommands === undefined ? own : `${own}, or ${name} COMMAND`;
}

function signature(command: Command): string {
  return [command.name, ...(command.arguments ?? []).map((one) => one.name.replace(/^<(.*)>$/, '$1'))].join(
    ' ',
  );
}

function examples(command: Command): string {
  const shown = command.examples ?? [];
  return shown.length === 0
    ? ''
    : section(
        'Examples',
        shown.map(([line, says]) => [`wherry ${line}`, says]),
      );
}

function section(title: string, entries: readonly (readonly [string, string])[]): string {
  return `${title}:\n${pairs(entries, '  ')}`;
}

/** Long names stand in one column whether or not there is a short one. */
function aligned(flags: string): string {
  return (flags.startsWith('--') ? `    ${flags}` : flags).replace(/<([^>]+)>/, '$1');
}
