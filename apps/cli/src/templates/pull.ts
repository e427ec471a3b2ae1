import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { localError } from '../failures.ts';
import { readLock, writeLock } from './template-lock.ts';
import { pulledFolder } from './template.ts';

/** What was put into the project. */
export interface Pulled {
  readonly name: string;
  readonly source: string;
  readonly sha: string | undefined;
  readonly digest: string;
  readonly result: 'pulled' | 'kept';
}

/**
 * Fetches templates into the project. What the lock file pins must come out the same, or nothing is changed; `update` pins anew. `wanted`: only
 * these of the source.
 */
export async function pull(
  written: string,
  context: Context,
  options: { readonly update: boolean; readonly overwrite: boolean; readonly wanted?: readonly string[] },
): Promise<readonly Pulled[]> {
  const [{ fetchTemplates, placeTemplate }, { parseSource }] = await Promise.all([
    import('@wherry/build/fetching/fetch-templates'),
    import('@wherry/build/fetching/template-source'),
  ]);
  const source = parseSource(written);
  const lock = await readLock(context.cwd);
  const fetched = await fetchTemplates(source, context.env, context.signal);
  try {
    const chosen = fetched.templates.filter(({ name }) => options.wanted?.includes(name) ?? true);
    for (const { name, digest } of chosen) {
      const pinned = lock[name];
      if (options.update || pinned === undefined || pinned.source !== written || pinned.digest === digest)
        continue;
      throw localError(
        'template_changed',
        'A template is not what it was',
        `${name} of ${written} has the digest ${digest.slice(0, 12)}, and template-lock.json pins ${pinned.digest.slice(0, 12)}`,
        'See what has changed in it; to take it: wherry template pull --update. Nothing was changed.',
      );
    }
    const pulled: Pulled[] = [];
    const into = join(context.cwd, pulledFolder);
    for (const template of chosen) {
      const { name, digest } = template;
      const kept = !options.overwrite && existsSync(join(into, name));
      if (!kept) {
        await placeTemplate(template, into);
        const meta = {
          repository: source.address,
          ref_name: source.ref ?? '',
          sha: fetched.sha ?? '',
          written_at: new Date().toISOString(),
        };
        await writeFile(join(into, name, 'meta.json'), `${JSON.stringify(meta, null, 2)}\n`);
        lock[name] = { source: written, digest, ...(fetched.sha === undefined ? {} : { sha: fetched.sha }) };
      }
      pulled.push({ name, source: written, sha: fetched.sha, digest, result: kept ? 'kept' : 'pulled' });
    }
    await writeLock(context.cwd, lock);
    return pulled;
  } finally {
    await fetched.discard();
  }
}
