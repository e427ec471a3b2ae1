import { byChapter, commandsFor } from './command-directory.ts';
import type { Command } from './command.ts';
import { environment } from './config/environment.ts';
import { Context } from './context.ts';
import { asClientError, exitCodeOf } from './failures.ts';
import { Options } from './options.ts';
import { formats, Output, type Format } from './output/output.ts';
import { Sink } from './output/sink.ts';

/** Reads the command line, does what it says, and resolves with the exit code when everything has been written. */
export async function commandLine(argv: readonly string[]): Promise<number> {
  const env = environment();
  const controller = new AbortController();
  const ended = Promise.withResolvers<number>();
  let command: Command | undefined;
  let interrupted: number | undefined;
  const end = (code: number) => {
    interrupted = code;
    controller.abort();
    if (!command?.putsAway) ended.resolve(code);
  };
  const out = new Sink(process.stdout, () => end(0)); // `| head` has seen enough: that is no failure
  const err = new Sink(process.stderr, () => {});
  const output = new Output({ format: askedFormat(argv), debug: argv.includes('--debug'), out, err, env });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(signal, () => (controller.signal.aborted ? process.exit(code) : end(code)));
  }
  const began = (its: Command): void => {
    command = its;
  };
  const done = run(argv, output, env, controller.signal, began).then(async (code) => {
    await Promise.all([out.flush(), err.flush()]);
    return interrupted ?? code;
  });
  // Who interrupts doesn't wait for a slow reader either.
  return Promise.race([ended.promise, done]);
}

async function run(
  argv: readonly string[],
  output: Output,
  env: ReturnType<typeof environment>,
  signal: AbortSignal,
  began: (command: Command) => void,
): Promise<number> {
  try {
    if (argv[0] === 'complete') {
      const { complete } = await import('./completion/answer.ts');
      return await complete(argv.slice(1), output, env, signal);
    }
    const asked = plainForm(argv);
    const commands = await commandsFor(asked[0]);
    const [{ readCommandLine }, { overview }] = await Promise.all([
      import('./program.ts'),
      import('./help.ts'),
    ]);
    const request = readCommandLine(commands, asked, () => overview(byChapter(commands)));
    if (request.kind === 'print') {
      await output.out.write(request.text);
      return 0;
    }
    const options = new Options(request.options);
    options.oneOf(
      'output',
      '--output',
      request.command.name === 'logs' ? ['text', 'json', 'ndjson', 'plain'] : formats,
    );
    const parts = {
      args: request.args,
      options,
      output,
      env,
      cwd: process.cwd(),
      stdin: process.stdin,
      signal,
    };
    began(request.command);
    return (await request.command.run?.(new Context(parts))) ?? 0;
  } catch (thrown) {
    if (signal.aborted) return 130; // whoever called it off needs no telling
    output.failure(thrown);
    return exitCodeOf(asClientError(thrown));
  }
}

/** Before anything is parsed, so that a mistake in the command line is told in the right form too. */
function askedFormat(args: readonly string[]): Format {
  const text = args
    .map((arg, i) => (/^(?:-o|--output)$/.test(arg) ? args[i + 1] : /^(?:-o|--output=)(.+)$/.exec(arg)?.[1]))
    .find(Boolean);
  if (args.includes('--json') || args.includes('-j')) return 'json';
  return formats.find((format) => format === text) ?? 'text';
}

/** Other habits: `wherry help deploy`, `wherry --version`. */
function plainForm(args: readonly string[]): readonly string[] {
  if (args[0] === 'help') return [...args.slice(1), '--help'];
  return args[0] === '--version' || args[0] === '-V' ? ['version', ...args.slice(1)] : args;
}
