import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TemplateSource } from './template-source.ts';
import { unusable } from './unusable.ts';

const limitMs = 120_000;

/** Only what fetches and does nothing else: `ext::` would run a command. */
const allowed = /^(?:https?:\/\/|ssh:\/\/|git:\/\/|file:\/\/|\/|\.{1,2}\/|[\w.-]+@[\w.-]+:)/;

/** Clones a repository at one version, without its history. Resolves with the commit. */
export async function cloned(
  { address, ref }: TemplateSource,
  into: string,
  variables: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string> {
  if (!allowed.test(address))
    throw unusable(`${JSON.stringify(address)} is no address of a repository or an archive`);
  if (ref !== undefined && !/^[\w][\w./-]{0,200}$/.test(ref))
    throw unusable(`${JSON.stringify(ref)} is no name of a version`);
  const git = async (...args: readonly string[]): Promise<string> => {
    const safe = [
      '-c',
      'protocol.ext.allow=never',
      '-c',
      'core.symlinks=false',
      '-c',
      'core.hooksPath=/dev/null',
    ];
    const run = promisify(execFile);
    try {
      const env = { ...variables, GIT_TERMINAL_PROMPT: '0', GIT_LFS_SKIP_SMUDGE: '1' };
      return (await run('git', [...safe, ...args], { timeout: limitMs, signal, env })).stdout.trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        throw unusable('git is not installed here', error);
      const said = String((error as { stderr?: string }).stderr ?? '')
        .trim()
        .split('\n');
      const line = said.find((one) => /^(?:fatal|error|warning):/.test(one)) ?? said.at(-1);
      throw unusable(
        `${address}${ref === undefined ? '' : `#${ref}`}: ${line || (error as Error).message}`,
        error,
      );
    }
  };
  const commit = /^sha-([0-9a-f]{7,40})$/.exec(ref ?? '')?.[1];
  if (commit === undefined) {
    await git(
      'clone',
      '--quiet',
      '--depth',
      '1',
      ...(ref === undefined ? [] : ['--branch', ref]),
      '--',
      address,
      into,
    );
  } else {
    await mkdir(into, { recursive: true });
    await git('-C', into, 'init', '--quiet');
    await git('-C', into, 'fetch', '--quiet', '--depth', '1', '--', address, commit);
    await git('-C', into, 'checkout', '--quiet', 'FETCH_HEAD');
  }
  const sha = await git('-C', into, 'rev-parse', 'HEAD');
  await rm(join(into, '.git'), { recursive: true, force: true });
  return sha;
}
