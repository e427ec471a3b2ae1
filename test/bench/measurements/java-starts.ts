import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A Java function's start and a first call without a gateway, by what it knows of its classes beforehand. */
export function javaStarts(home: string): readonly { readonly key: string; run(): Promise<void> }[] {
  const built = globSync('packages/*/**/app.jsa', { cwd: home })[0];
  if (built === undefined) return [];
  const cwd = join(home, dirname(built));
  const { args } = JSON.parse(readFileSync('packages/runtime/java/launch.json', 'utf8')) as {
    args: readonly string[];
  };
  const plain = args.filter((word) => !/^-X(?:share|X:SharedArchive)/.test(word));
  return Object.entries({
    'java, its start alone, with the archive of its classes': args,
    'the same with the archive of the JDK': plain,
    'the same without an archive': ['-Xshare:off', ...plain],
  }).map(([key, words]) => ({
    key,
    run: async () => {
      const { status, stderr } = spawnSync('java', [...words, '--rehearse', 'auto'], {
        cwd,
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`java ended with ${status}: ${stderr}`);
    },
  }));
}
