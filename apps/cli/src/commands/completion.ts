import { Client } from '@wherry/wire/client';
import type { Command } from '../command.ts';
import { resolveCredentials } from '../config/credentials.ts';
import type { Env } from '../config/environment.ts';
import { resolveTarget } from '../config/target.ts';
import { nodeTransport } from '../connection/node-transport.ts';
import { install, shells } from '../completion/install.ts';
import { usageError } from '../failures.ts';
import type { Output } from '../output/output.ts';

const shellArgument = {
  name: '[SHELL]',
  says: shells.join(', ') + '; that of $SHELL unless given',
  choices: shells,
};

/** Long enough for a gateway nearby, short enough for a finger on the tab key. */
const patienceMs = 700;

const script: Command = {
  name: 'script',
  summary: 'Print the completion script of a shell.',
  arguments: [shellArgument],
  examples: [['completion script zsh', 'to put it where you like']],
  async run({ args, output, env }) {
    await output.out.write(await scriptOf(shellOf(args[0], env)));
  },
};

const installing: Command = {
  name: 'install',
  summary: 'Set completion up for a shell, in its own start file.',
  arguments: [shellArgument],
  examples: [['completion install', 'for the shell you use']],
  async run({ args, output, env, home }) {
    const shell = shellOf(args[0], env);
    const { changed, next } = install(shell, await scriptOf(shell), home, env);
    await output.result({ shell, changed }, () => changed.map((path) => `Wrote ${path}`).join('\n'));
    output.note(next);
  },
};

export const command: Command = {
  name: 'completion',
  summary: 'Complete commands, flags and function names with the tab key.',
  subcommands: [installing, script],
  examples: [['completion install', 'for the shell you use']],
};

/** Answers a shell's question, `wherry complete -- WORDS`: what may come next, one line each. */
export async function complete(
  argv: readonly string[],
  output: Output,
  env: Env,
  signal: AbortSignal,
): Promise<number> {
  const words = argv[0] === '--' ? argv.slice(1) : argv;
  const [{ commandsFor }, { program }, { default: tab }] = await Promise.all([
    import('../command-directory.ts'),
    import('../program.ts'),
    import('@bomb.sh/tab/commander'),
  ]);
  const commands = await commandsFor(undefined);
  const asked = commands.find(
    ({ name, aliases }) => words.length > 1 && (name === words[0] || aliases?.includes(words[0] ?? '')),
  );
  const offered = asked === undefined ? commands : await withNames(commands, asked, words, env, signal);
  tab(program(offered, () => {})).parse([...words]);
  await output.out.flush();
  return 0;
}

/** The command with the names of what is deployed as choices, where the gateway tells them soon. */
async function withNames(
  commands: readonly Command[],
  asked: Command,
  words: readonly string[],
  env: Env,
  signal: AbortSignal,
): Promise<readonly Command[]> {
  if (!asked.arguments?.some(({ completes }) => completes === 'function')) return commands;
  const at = words.findIndex((word) => word === '-g' || word === '--gateway');
  const target = resolveTarget(at < 0 ? undefined : words[at + 1], env);
  const { authorization } = await resolveCredentials(target.url, undefined, env);
  const client = new Client({
    ...target,
    ...(authorization === undefined ? {} : { authorization }),
    transport: nodeTransport({ verifyTls: true }),
    timeoutMs: patienceMs,
    signal,
  });
  const names = (await client.listFunctions().catch(() => [])).map(({ name }) => name);
  const known = {
    ...asked,
    arguments: asked.arguments.map((one) =>
      one.completes === 'function' ? { ...one, choices: names } : one,
    ),
  };
  return commands.map((one) => (one === asked ? known : one));
}

type Shell = (typeof shells)[number];

function shellOf(given: string | undefined, env: Env): Shell {
  const name = given ?? (env['SHELL'] ?? '').replace(/^.*\//, '');
  const shell = shells.find((one) => one === name);
  if (shell !== undefined) return shell;
  throw usageError(
    `no completion is known for the shell ${JSON.stringify(name)}`,
    `Name one of ${shells.join(', ')}`,
  );
}

async function scriptOf(shell: Shell): Promise<string> {
  const { default: root } = await import('@bomb.sh/tab');
  return captured(() => root.setup('wherry', 'wherry', shell));
}

/** The library prints where we want the text. */
function captured(work: () => void): string {
  const { write } = process.stdout;
  let text = '';
  process.stdout.write = ((chunk: string) => {
    text += chunk;
    return true;
  }) as typeof write;
  try {
    work();
  } finally {
    process.stdout.write = write;
  }
  return text;
}
