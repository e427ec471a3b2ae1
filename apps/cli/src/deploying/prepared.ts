import { readFile } from 'node:fs/promises';
import { isAbsolute, posix } from 'node:path';
import { packageImage } from '@wherry/core/packages';
import type { Stack, StackFunction } from '@wherry/stack/stack-file';
import type { FunctionDeployment } from '@wherry/wire/deployment';
import type { BuildWishes } from '../building/build-package.ts';
import type { Context } from '../context.ts';
import { localError, usageError } from '../failures.ts';
import { packTemplate } from '../templates/pack-template.ts';
import { pulledTemplate } from '../templates/template.ts';
import { type CopiedPath, packFrom, type Packed } from './code.ts';
import { pathIn, stackRequest } from './stack.ts';

/** A function of a stack with what would be sent for it. Where there is code, its image is that of the source until it is built. */
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
      'Name the language of its code instead (wherry new --list), give a template of your own that has a template.yml, or give the image that was built from it with skip_build: true.',
    );
  const from = pathIn(stack, context.cwd, handler ?? '');
  const template = lang === undefined ? undefined : await pulledTemplate(lang, context.cwd);
  const copied = copiedPaths(stack, context);
  const packed =
    template === undefined || template.known !== undefined
      ? await packFrom(from, { lang, fprocess: fn.fprocess }, copied)
      : await packTemplate(template, from, copied);
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

/** What a function's build is asked for: by the stack file, and over it by the flags. */
export async function wishesOf(
  fn: StackFunction,
  stack: Stack,
  { options, cwd }: Context,
): Promise<BuildWishes> {
  const files = Object.entries(fn.build_secrets ?? {});
  const read = await Promise.all(
    files.map(async ([name, path]) => [name, await readFile(pathIn(stack, cwd, path))] as const),
  );
  return {
    args: { ...fn.build_args, ...options.keyValues('buildArg', '--build-arg') },
    fresh: !options.switchedOn('cache'),
    allow: options.list('allow'),
    ...(read.length === 0 ? {} : { secrets: Object.fromEntries(read) }),
  };
}
