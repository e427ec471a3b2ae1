import type { Context } from '../context.ts';
import { bytes } from '../output/quantities.ts';
import type { Packed } from './code.ts';

/** What would be sent, instead of sending it. */
export async function showPlan(
  { output }: Context,
  request: unknown,
  packed: Packed | undefined,
): Promise<void> {
  packed?.archive.discard();
  const code =
    packed === undefined
      ? undefined
      : { ...packed.manifest, digest: packed.archive.digest, bytes: packed.archive.bytes };
  const files = packed?.files.map(({ path, size }) => ({ path, size }));
  await output.result({ deployment: request, package: code, files }, () => {
    const parts = [JSON.stringify(request, null, 2)];
    if (packed !== undefined) {
      const { runtime, entry, signature } = packed.manifest;
      parts.push(`${runtime}, ${entry}, signature ${signature}; ${bytes(packed.archive.bytes)} packed:`);
      parts.push(packed.files.map(({ path, size }) => `  ${bytes(size).padStart(9)}  ${path}`).join('\n'));
    }
    return parts.join('\n\n');
  });
}
