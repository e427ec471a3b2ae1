import type { Context } from './context.ts';

/** One flag, as data: help, completion and parsing are made from it. */
export interface OptionSpec {
  /** Such as `-n, --namespace <NAME>`, in commander's notation. */
  readonly flags: string;
  readonly says: string;
  readonly group?: 'target' | 'output';
  readonly repeats?: true;
  readonly choices?: readonly string[];
  /** Accepted for the sake of scripts, not shown. */
  readonly hidden?: true;
}

export interface ArgumentSpec {
  /** `<NAME>` is required, `[NAME]` is not. */
  readonly name: string;
  readonly says: string;
  readonly choices?: readonly string[];
  /** What the shell offers. */
  readonly completes?: 'function' | 'token';
}

/** A command, as data with the function that does it. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** Further lines of help. */
  readonly details?: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  /** A command line without `wherry`, and what it does. */
  readonly examples?: readonly (readonly [string, string])[];
  /** Beside 0, 1, 2 and 130. */
  readonly exits?: readonly number[];
  readonly related?: readonly string[];
  readonly subcommands?: readonly Command[];
  readonly hidden?: true;
  /** Interrupted, it ends by itself, with what it began put away; a second interrupt doesn't wait for that. */
  readonly putsAway?: true;
  /** Resolves with the exit code; nothing is 0. */
  run?(context: Context): Promise<number | void>;
}

/** For every command that talks to a gateway. */
export const targetOptions: readonly OptionSpec[] = [
  {
    flags: '-g, --gateway <URL>',
    says: 'address of the gateway (WHERRY_URL, OPENFAAS_URL)',
    group: 'target',
  },
  { flags: '-k, --token <TOKEN>', says: 'token to send (WHERRY_TOKEN)', group: 'target' },
  { flags: '--tls-no-verify', says: 'accept any certificate', group: 'target' },
];

/** For every command that changes something. */
export const dryRunOption: OptionSpec = {
  flags: '--dry-run',
  says: 'look whether it can be done, say what would be, and change nothing',
};

export const namespaceOption: OptionSpec = {
  flags: '-n, --namespace <NAME>',
  says: 'namespace of the function',
  group: 'target',
};

/** For every command. */
export const outputOptions: readonly OptionSpec[] = [
  { flags: '-o, --output <FORMAT>', says: 'text, json, ndjson or csv', group: 'output' },
  { flags: '-j, --json', says: 'the same as --output json', group: 'output', hidden: true },
  { flags: '--debug', says: 'show where an error came from', group: 'output' },
];

/** All flags of a command. */
export function optionsOf(command: Command): readonly OptionSpec[] {
  return command.run === undefined ? [] : [...(command.options ?? []), ...outputOptions];
}
