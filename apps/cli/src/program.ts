import { Command as Commander, CommanderError, Option } from 'commander';
import { type Command, type OptionSpec, optionsOf } from './command.ts';
import { usageError } from './failures.ts';
import { commandHelp } from './help.ts';
import { similar } from '@wherry/core/rules/similar';

/** What a command line asks for. */
export type Request =
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly args: readonly string[];
      readonly options: Record<string, unknown>;
    }
  | { readonly kind: 'print'; readonly text: string };

/** A command line read against the commands there are. Throws a usage error that names the line's mistake and how to get help. */
export function readCommandLine(
  commands: readonly Command[],
  argv: readonly string[],
  overview: () => string,
): Request {
  if (argv.length === 0) return { kind: 'print', text: overview() };
  let request: Request | undefined;
  let printed = '';
  const found = (asked: Request) => {
    request = asked;
  };
  const root = program(commands, found, (text) => {
    printed += text;
  });
  root.helpInformation = overview;
  try {
    root.parse(plainBooleans(commands, argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usage(error, helpFor(commands, argv));
  }
  return request ?? { kind: 'print', text: printed === '' ? overview() : printed };
}

/** The commands as commander has them; completion walks over the same tree. */
export function program(
  commands: readonly Command[],
  found: (request: Request) => void,
  print: (text: string) => void,
): Commander {
  const root = new Commander('wherry').exitOverride().allowExcessArguments(false).helpCommand(false);
  // What stands behind the name of a subcommand is that one's, also where the command before it knows such a flag.
  root.enablePositionalOptions();
  // Before the commands are added, because they take it over. Errors are thrown, and told in our own form.
  root.configureOutput({ writeOut: print, writeErr: () => {} });
  for (const command of commands) add(root, command, ['wherry'], found);
  return root;
}

function add(
  parent: Commander,
  command: Command,
  path: readonly string[],
  found: (request: Request) => void,
): void {
  const own = [...path, command.name];
  const node = parent
    .command(command.name, { hidden: command.hidden === true })
    .summary(command.summary)
    .description(command.summary);
  node
    .aliases([...(command.aliases ?? [])])
    .allowExcessArguments(false)
    .helpCommand(false);
  node.helpInformation = () => commandHelp(command, own);
  for (const argument of command.arguments ?? []) {
    const made = node.createArgument(argument.name, argument.says);
    node.addArgument(argument.choices === undefined ? made : made.choices([...argument.choices]));
  }
  for (const option of optionsOf(command)) node.addOption(optionOf(option));
  for (const sub of command.subcommands ?? []) add(node, sub, own, found);
  if (command.run !== undefined) {
    node.action(() => found({ kind: 'run', command, args: node.args, options: node.opts() }));
  } else {
    node.action(() => {
      const [asked] = node.args;
      const names = (command.subcommands ?? [])
        .filter(({ hidden }) => hidden !== true)
        .map(({ name }) => name);
      if (asked?.startsWith('-') === true)
        node.error(`which of its commands? They stand before options: ${names.join(', ')}`);
      if (asked !== undefined) {
        const meant = similar(
          asked,
          (command.subcommands ?? []).map(({ name }) => name),
        );
        node.error(`unknown command '${asked}'${meant === undefined ? '' : `. Did you mean ${meant}?`}`);
      }
      found({ kind: 'print', text: commandHelp(command, own) });
    });
    node.allowExcessArguments(true).allowUnknownOption(true);
  }
}

function optionOf(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.says).hideHelp(spec.hidden === true);
  if (spec.choices !== undefined) option.choices([...spec.choices]);
  if (spec.repeats)
    option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
  return option;
}

/** `--flag=true` and `--flag=false`, as Go programs have it, for flags that take no value. */
function plainBooleans(commands: readonly Command[], argv: readonly string[]): string[] {
  const booleans = new Set(
    allOptions(commands).flatMap(({ flags }) => (/[<[]/.test(flags) ? [] : (/--[\w-]+/.exec(flags) ?? []))),
  );
  const end = argv.indexOf('--');
  return argv.flatMap((arg, i) => {
    const match = end >= 0 && i > end ? null : /^(--[\w-]+)=(true|false|1|0)$/i.exec(arg);
    if (match === null || !booleans.has(match[1] ?? '')) return [arg];
    const flag = match[1] ?? '';
    if (/^(?:true|1)$/i.test(match[2] ?? '')) return [flag];
    // What is on unless it is switched off has a flag for that.
    const off = flag.replace('--', '--no-');
    return booleans.has(off) ? [off] : [];
  });
}

function allOptions(commands: readonly Command[]): readonly OptionSpec[] {
  return commands.flatMap((one) => [...optionsOf(one), ...allOptions(one.subcommands ?? [])]);
}

function usage(error: CommanderError, help: string): Error {
  const cause = error.message.replace(/^error: /, '').replace(/\n\((Did you mean .*)\)$/, '. $1');
  return usageError(cause, `See how it is used: ${help}`);
}

/** Which help would have told: that of the deepest command that was named. */
function helpFor(commands: readonly Command[], argv: readonly string[]): string {
  const path = ['wherry'];
  let level = commands;
  for (const arg of argv) {
    const found = level.find(({ name, aliases }) => name === arg || aliases?.includes(arg));
    if (found === undefined) break;
    path.push(found.name);
    level = found.subcommands ?? [];
  }
  return [...path, '--help'].join(' ');
}
