import type { Command } from '../command.ts';
import type { Env } from '../config/environment.ts';
import { install, shells } from '../completion/install.ts';
import { usageError } from '../failures.ts';

const shellArgument = {
  name: '[SHELL]',
  says: shells.join(', ') + '; that of $SHELL unless given',
  choices: shells,
};

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
  const text = captured(() => root.setup('wherry', 'wherry', shell));
  // Its constants have one name for every program, and are read-only: two programs in one shell would collide.
  return shell === 'bash' ? text.replace(/^readonly /gm, '').replaceAll('ShellComp', '__wherry_') : text;
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
