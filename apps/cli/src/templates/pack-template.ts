import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CopiedPath, type Packed, withCopies } from '../deploying/code.ts';
import type { Template } from './template.ts';

/** Packs a function of a template that we have no recipe for: the template, and in its folder for that the function's own code. */
export async function packTemplate(
  template: Template,
  handler: string,
  copied: readonly CopiedPath[],
): Promise<Packed> {
  const [{ readSource }, { pack }, { planOf }] = await Promise.all([
    import('@wherry/build/packing/source'),
    import('@wherry/build/packing/archive'),
    import('@wherry/build/context/context'),
  ]);
  const { file, folder } = template;
  const inside = `${file.handlerFolder}/`;
  const frame = (await readSource(folder)).filter(({ path }) => !path.startsWith(inside));
  const own = await withCopies(await readSource(handler), copied);
  const files = [...frame, ...own.map((one) => ({ ...one, path: inside + one.path }))];
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const dockerfile = join(folder, 'Dockerfile');
  const { manifest } = planOf({
    language: undefined,
    fprocess: file.fprocess,
    dockerfile: existsSync(dockerfile) ? await readFile(dockerfile, 'utf8') : undefined,
    handlerFolder: file.handlerFolder,
    files: files.map(({ path }) => path),
  });
  return { manifest, files, archive: await pack(manifest, files) };
}
