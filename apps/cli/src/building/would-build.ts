import type { PackageManifest } from '@wherry/core/packages';
import type { Context } from '../context.ts';
import { prepare } from '../deploying/prepared.ts';
import { bytes } from '../output/quantities.ts';
import { stackOrFlags } from './stack-or-flags.ts';

interface Would extends PackageManifest {
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
  readonly image?: string;
}

/** Says what would be built, and under which names it would be kept. Nothing is sent. */
export async function wouldBuild(context: Context, keeps: boolean): Promise<void> {
  const stack = await stackOrFlags(context);
  const would: Would[] = [];
  for (const fn of stack.functions) {
    const { packed } = await prepare(fn, stack, context);
    packed?.archive.discard();
    if (packed === undefined) continue;
    const { manifest, files, archive } = packed;
    const image = keeps ? fn.image : undefined;
    would.push({
      name: fn.name,
      ...manifest,
      files: files.length,
      bytes: archive.bytes,
      ...(image === undefined ? {} : { image }),
    });
  }
  await context.output.result(would, () =>
    would
      .map(({ name, runtime, files, bytes: size, image }) => {
        const kept = image === undefined ? '' : `, and keep it as ${image}`;
        return `Would build ${name} from ${files} files of ${runtime}, ${bytes(size)} packed${kept}`;
      })
      .join('\n'),
  );
}
