import { isAbsolute, posix } from 'node:path';
import { type FunctionName, fullName } from '@wherry/core/names';
import { packageImage } from '@wherry/core/packages';
import type { Stack, StackFunction } from '@wherry/stack/stack-file';
import type { Client } from '@wherry/wire/client';
import type { FunctionDeployment } from '@wherry/wire/deployment';
import type { Context } from '../context.ts';
import { asClientError, exitCodeOf, localError, usageError } from '../failures.ts';
import type { ClientError } from '@wherry/wire/client-error';
import { deployed, type Deployed, provingMs } from './deployed.ts';
import { type CopiedPath, packFrom, type Packed, upload } from './code.ts';
import { pathIn, stackRequest } from './stack.ts';

/** A function of a stack with what would be sent for it. */
export interface Prepared {
  readonly fn: StackFunction;
  readonly request: FunctionDeployment;
  readonly packed: Packed | undefined;
}

/** Packs the code of a function, and makes its deployment. Nothing is sent. */
export async function prepare(fn: StackFunction, stack: Stack, context: Context): Promise<Prepared> {
  const { handler, image, lang } = fn;
  if (handler === undefined || fn.skip_build === true) {
    if (image !== undefined)
      return { fn, request: await stackRequest(fn, stack, context, image), packed: undefined };
  }
  if (lang?.toLowerCase() === 'dockerfile')
    throw localError(
      'needs_engine',
      'A Dockerfile needs a container engine',
      `functions.${fn.name} has lang: dockerfile`,
      'Name the language of its code instead, or give the image that was built from it with skip_build: true.',
    );
  const said = { lang, fprocess: fn.fprocess };
  const packed = await packFrom(pathIn(stack, context.cwd, handler ?? ''), said, copiedPaths(stack, context));
  try {
    const own = packageImage(fn.name, packed.archive.digest);
    return { fn, request: await stackRequest(fn, stack, context, own), packed };
  } catch (error) {
    packed.archive.discard();
    throw error;
  }
}

/** What `configuration.copy` names: folders and files of the project, which keep their place in each function. */
function copiedPaths(stack: Stack, { cwd }: Context): readonly CopiedPath[] {
  return stack.copy.map((written) => {
    const at = posix.normalize(written.replaceAll('\\', '/')).replace(/\/$/, '');
    if (isAbsolute(written) || at === '.' || at === '..' || at.startsWith('../'))
      throw usageError(
        `configuration.copy: ${written} is not inside the project`,
        'Name folders below the stack file',
      );
    return { from: pathIn(stack, cwd, written), at };
  });
}

/** Deploys every function of a stack, some at a time. One that fails keeps no other from being deployed. */
export async function deployStack(stack: Stack, context: Context): Promise<number> {
  const { options, output } = context;
  const { client } = await context.connect({ gateway: stack.gateway });
  const atOnce = options.integer('parallel', '--parallel') ?? 4;
  const progress = output.progress(`Deploying ${stack.functions.length} of ${stack.path}`, true);
  const done: Deployed[] = [];
  const failures: { readonly name: string; readonly error: ClientError }[] = [];
  try {
    await each(stack.functions, Math.max(1, atOnce), async (fn) => {
      try {
        done.push(
          await deployOne(client, await prepare(fn, stack, context), options.list('allow'), (text) =>
            progress.step(text),
          ),
        );
      } catch (error) {
        failures.push({ name: fn.name, error: asClientError(error) });
      }
    });
  } finally {
    progress.stop();
  }
  done.sort((a, b) => (fullName(a) < fullName(b) ? -1 : 1));
  await output.result(done, () =>
    done.map(({ name, result, url }) => `${word(result)} ${name}  ${url}`).join('\n'),
  );
  for (const { name, error } of failures) {
    output.warn(`${name} was not deployed`);
    output.failure(error);
  }
  const [first] = failures;
  return first === undefined ? 0 : exitCodeOf(first.error);
}

async function deployOne(
  client: Client,
  { request, packed }: Prepared,
  allow: readonly string[],
  step: (text: string) => void,
): Promise<Deployed> {
  const name: FunctionName = { name: request.service, namespace: request.namespace ?? '' };
  try {
    if (packed !== undefined) await upload(client, packed, allow, step);
    step(`Starting ${name.name}`);
    return deployed(client, name, request, await client.deploy(request, provingMs));
  } finally {
    packed?.archive.discard();
  }
}

/** Runs `work` for each, at most so many at once. */
async function each<T>(all: readonly T[], atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  const queue = [...all];
  const worker = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker));
}

function word(result: Deployed['result']): string {
  return result === 'created' ? 'Deployed' : 'Updated';
}
