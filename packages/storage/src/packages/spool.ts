import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Digest } from '@wherry/core/packages';
import { packageLimits } from './package-limits.ts';
import { refusal } from './refusal.ts';

/** Writes an upload into a file, counting and hashing it on the way. Stops taking more at the limit. */
export async function spool(
  archive: AsyncIterable<Uint8Array>,
  path: string,
): Promise<{ digest: Digest; bytes: number }> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  let bytes = 0;
  try {
    for await (const chunk of archive) {
      bytes += chunk.length;
      if (bytes > packageLimits.archiveBytes)
        throw refusal(undefined, `the archive is larger than ${packageLimits.archiveBytes} bytes`);
      hash.update(chunk);
      for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
    }
  } finally {
    await file.close();
  }
  return { digest: hash.digest('hex'), bytes };
}
