import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Stack } from '@wherry/stack/stack-file';
import type { Context } from '../context.ts';
import { prepare } from '../deploying/prepared.ts';

/** Writes what each function would be built from to ./build/NAME, and builds nothing. */
export async function shrinkwrap(stack: Stack, context: Context): Promise<number> {
  const { cwd, output } = context;
  const done: { name: string; folder: string; files: number }[] = [];
  for (const fn of stack.functions) {
    const { packed } = await prepare(fn, stack, context);
    if (packed === undefined) continue;
    packed.archive.discard();
    const folder = resolve(cwd, 'build', fn.name);
    await rm(folder, { recursive: true, force: true });
    for (const { path, from } of packed.files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await copyFile(from, join(folder, path));
    }
    done.push({ name: fn.name, folder: `build/${fn.name}`, files: packed.files.length });
  }
  await output.result(done, () =>
    done.map(({ name, folder, files }) => `${name}  ${folder}  ${files} files`).join('\n'),
  );
  return 0;
}
