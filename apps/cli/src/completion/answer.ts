import tab from '@bomb.sh/tab/commander';
import { Client } from '@wherry/wire/client';
import type { Command } from '../command.ts';
import { commandsFor } from '../command-directory.ts';
import { resolveCredentials } from '../config/credentials.ts';
import type { Env } from '../config/environment.ts';
import { resolveTarget } from '../config/target.ts';
import { nodeTransport } from '../connection/node-transport.ts';
import type { Output } from '../output/output.ts';
import { program } from '../program.ts';

/** Long enough for a gateway nearby, short enough for a finger on the tab key. */
const patienceMs = 700;

/** Answers a shell's question, `wherry complete -- WORDS`: what may come next, one line each. */
export async function complete(
  argv: readonly string[],
  output: Output,
  env: Env,
  signal: AbortSignal,
): Promise<number> {
  const words = argv[0] === '--' ? argv.slice(1) : argv;
  const commands = await commandsFor(undefined);
  const asked = commands.find(
    ({ name, aliases }) => words.length > 1 && (name === words[0] || aliases?.includes(words[0] ?? '')),
  );
  const offered = asked === undefined ? commands : await withNames(commands, asked, words, env, signal);
  tab(
    program(
      offered,
      () => {},
      () => {},
    ),
  ).parse([...words]);
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
