import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { output } from '../command-output.ts';
import { installation, interpreted, type Runtime } from './runtime.ts';

/** Node sizes its heap by the machine, not by the group; left alone it would be killed before it ever collected. */
const heap = (memoryBytes: number): readonly string[] => [
  `--max-old-space-size=${Math.max(16, Math.floor((memoryBytes / 2 ** 20) * 0.75))}`,
];

/** The Node that runs the gateway runs the functions too: it is there for certain. */
export function ownNode(hosts: string): Runtime {
  const path = realpathSync(process.execPath);
  const pathInside = '/opt/wherry/bin/node';
  const binds = path.startsWith('/usr/') ? [] : [{ from: path, to: pathInside }];
  const more = binds.length === 0 ? { heap } : { heap, pathInside };
  return interpreted('node', process.versions.node, path, join(hosts, 'node'), binds, more);
}

/** Every other Node: along the path, and those that were fetched into the data folder. The first of a major version counts. */
export async function otherNodes(hosts: string, fetched: string, path: string): Promise<readonly Runtime[]> {
  const found = new Map<string, Runtime>();
  for (const candidate of candidates(fetched, path)) {
    const version = (await output(candidate, ['--version'])).trim().replace(/^v/, '');
    const major = Number(version.split('.')[0]);
    if (!(major >= 18) || found.has(`node${major}`)) continue;
    const real = realpathSync(candidate);
    const binds = real.startsWith('/usr/') ? [] : installation(dirname(dirname(real)));
    // An option that this old one does not know yet.
    const without = major < 20 ? /^--disable-warning/ : undefined;
    const more = without === undefined ? { heap } : { heap, without };
    found.set(`node${major}`, interpreted(`node${major}`, version, real, join(hosts, 'node'), binds, more));
  }
  return [...found.values()];
}

function candidates(fetched: string, path: string): readonly string[] {
  const own = existsSync(fetched) ? readdirSync(fetched).map((name) => join(fetched, name, 'bin/node')) : [];
  const along = path.split(delimiter).map((folder) => join(folder, 'node'));
  return [...own, ...along].filter((file) => existsSync(file));
}
