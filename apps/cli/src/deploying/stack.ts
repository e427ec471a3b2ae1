import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { checkName, defaultNamespace } from '@wherry/core/names';
import { policyOf } from '@wherry/core/rules/policy';
import { type Problem, StackError } from '@wherry/stack/problem';
import { selected } from '@wherry/stack/selection';
import { readEnvironmentFile, readStack, type Stack, type StackFunction } from '@wherry/stack/stack-file';
import { decodeDeployment, type FunctionDeployment, present } from '@wherry/wire/deployment';
import type { Context } from '../context.ts';
import { localError, usageError } from '../failures.ts';

/** What faas-cli looks for where no file is named, in this order. */
const usualNames = ['stack.yaml', 'stack.yml'];

/** The stack file that the flags mean, or the one that lies here; undefined where there is none. */
export function stackPath({ options, cwd }: Context): string | undefined {
  const named = options.text('yaml');
  return named ?? usualNames.find((name) => existsSync(join(cwd, name)));
}

/** A stack file with the functions that are wanted of it: the one of that name, or those that flags choose. What has no effect is told on standard error. */
export async function openStack(
  context: Context,
  path: string,
  names: readonly string[] = context.args,
): Promise<Stack> {
  const { options, cwd, env, output } = context;
  const [filter, regex] = [options.text('filter'), options.text('regex')];
  if (filter !== undefined && regex !== undefined)
    throw usageError('--filter and --regex exclude each other', 'Give one of them');
  const text = isAddress(path) ? await fetched(path, context) : await readFile(resolve(cwd, path), 'utf8');
  const stack = understood(() => readStack(text, path, options.switchedOn('envsubst') ? env : undefined));
  for (const warning of stack.warnings) output.warn(sentence(path, warning));
  const functions = names.length > 0 ? named(stack, names) : chosen(stack, filter, regex);
  if (functions.length > 0) return { ...stack, functions };
  const all = stack.functions.map(({ name }) => name).join(', ');
  throw usageError(`none of its functions is chosen by ${filter ?? regex}`, `There are ${all}`);
}

const mostStackBytes = 2 ** 20;

function isAddress(path: string): boolean {
  return /^https?:\/\//i.test(path);
}

/** A stack file that lies elsewhere; the folders that it names are meant here. */
async function fetched(address: string, { signal }: Context): Promise<string> {
  try {
    const answer = await fetch(address, { signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]) });
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of answer.body ?? []) {
      bytes += piece.length;
      if (bytes > mostStackBytes) throw new Error(`it is larger than ${mostStackBytes} bytes`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString();
  } catch (error) {
    const { message, cause } = error as Error;
    throw notFetched(address, (cause as Error | undefined)?.message ?? message, error);
  }
}

function notFetched(address: string, why: string, thrown?: unknown): Error {
  return localError(
    'not_fetched',
    'The stack file cannot be fetched',
    `${address}: ${why}`,
    'Check the address, or save the file and name it.',
    thrown,
  );
}

/** What is deployed for a function of a stack: its own words, and over them the flags. `image` where its code was packed. */
export async function stackRequest(
  fn: StackFunction,
  stack: Stack,
  context: Context,
  image: string,
): Promise<FunctionDeployment> {
  const { options } = context;
  const list = (name: string, own: readonly string[] | undefined): readonly string[] | undefined => {
    const all = [...new Set([...(own ?? []), ...options.list(name)])];
    return all.length === 0 ? undefined : all;
  };
  const request = present<FunctionDeployment>({
    service: checkName('function', fn.name),
    image,
    namespace: checkName('namespace', options.text('namespace') ?? fn.namespace ?? defaultNamespace),
    envProcess: fn.fprocess,
    envVars: merged(
      fn.environment,
      await environmentOf(fn, stack, context),
      options.keyValues('env', '--env'),
    ),
    labels: merged(fn.labels, options.keyValues('label', '--label')),
    annotations: merged(fn.annotations, options.keyValues('annotation', '--annotation')),
    secrets: list('secret', fn.secrets),
    constraints: list('constraint', fn.constraints),
    limits: fn.limits,
    requests: fn.requests,
    readOnlyRootFilesystem: fn.readonly_root_filesystem || options.flag('readonly') || undefined,
  });
  policyOf(decodeDeployment(request));
  return request;
}

/** Paths are meant from where the command is given, as faas-cli has it; a stack that lies elsewhere brings its folders along. */
export function pathIn(stack: Stack, cwd: string, path: string): string {
  if (isAbsolute(path)) return path;
  const here = resolve(cwd, path);
  return existsSync(here) || isAddress(stack.path) ? here : resolve(cwd, dirname(stack.path), path);
}

async function environmentOf(
  fn: StackFunction,
  stack: Stack,
  { cwd }: Context,
): Promise<Record<string, string>> {
  const files = (fn.environment_file ?? []).map((path) => pathIn(stack, cwd, path));
  const texts = await Promise.all(files.map(async (path) => ({ path, text: await readFile(path, 'utf8') })));
  return Object.assign(
    {},
    ...texts.map(({ path, text }) => understood(() => readEnvironmentFile(text, path))),
  );
}

function merged(
  ...maps: readonly (Readonly<Record<string, string>> | undefined)[]
): Readonly<Record<string, string>> | undefined {
  const all: Record<string, string> = Object.assign(Object.create(null), ...maps);
  return Object.keys(all).length === 0 ? undefined : all;
}

/** A name beside a stack file is that function of it. */
function named(stack: Stack, names: readonly string[]): Stack['functions'] {
  const unknown = names.find((name) => stack.functions.every((fn) => fn.name !== name));
  if (unknown === undefined) return stack.functions.filter(({ name }) => names.includes(name));
  const all = stack.functions.map(({ name }) => name).join(', ');
  throw usageError(`${stack.path} has no function ${unknown}`, `There are ${all}`);
}

function chosen(stack: Stack, filter: string | undefined, regex: string | undefined): Stack['functions'] {
  try {
    return selected(stack.functions, { filter, regex });
  } catch (error) {
    throw usageError(`--regex: ${(error as Error).message}`, 'Write it as in JavaScript');
  }
}

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    const [first] = error.problems;
    const failure = localError(
      'bad_stack',
      'The stack file cannot be used',
      error.message,
      first?.next ?? 'Correct it; nothing was changed. All keys: docs/stack-files.md',
      error,
    );
    throw failure.withExcerpt(error.excerpts.join('\n'));
  }
}

function sentence(path: string, { what, line, column, next }: Problem): string {
  return `${path}:${line}:${column}: ${what}${next === undefined ? '' : `. ${next}`}`;
}
