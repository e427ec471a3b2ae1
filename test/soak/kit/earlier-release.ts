import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** What an installation is upgraded from: the state before calls were queued. The tag of the last release takes its place once there is one. */
const earlier = '7de621b01394fd6dd4402a0f618b1923985e118b';

const git = (args: readonly string[]) =>
  spawnSync('git', ['-C', root, ...args], { stdio: 'ignore' }).status === 0;

export function lackingHistory(): string | undefined {
  return git(['cat-file', '-e', `${earlier}^{commit}`])
    ? undefined
    : "needs the repository's history (git fetch --unshallow)";
}

/** Puts an earlier release into an empty folder, with the packages that are installed here. */
export function putEarlierRelease(folder: string): void {
  const archive = join(folder, '..', 'earlier.tar');
  execFileSync('git', ['-C', root, 'archive', '--output', archive, earlier]);
  execFileSync('tar', ['-xf', archive, '-C', folder]);
  const installed = join(root, 'node_modules');
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@wherry'), { recursive: true });
  for (const name of readdirSync(installed))
    if (!name.startsWith('.') && name !== '@wherry') symlinkSync(join(installed, name), join(modules, name));
  // Its own workspaces, not ours.
  for (const kind of ['apps', 'packages'])
    for (const name of readdirSync(join(folder, kind)))
      symlinkSync(join(folder, kind, name), join(modules, '@wherry', name));
}
