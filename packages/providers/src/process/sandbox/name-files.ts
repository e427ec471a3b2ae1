import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bind, Enclosure } from './enclosure.ts';

/** What a function's machine is called inside, whatever it is called outside. */
export const hostName = 'function';

/** How names are looked up in there: its own by the file, others of the gateway where it listens at the loopback. */
const files = {
  hosts: `127.0.0.1 localhost ${hostName}\n::1 localhost\n`,
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n',
  'resolv.conf': 'nameserver 127.0.0.1\noptions timeout:5 attempts:2\n',
};

/** Files of /etc, by what the instance has for a network. */
export type NameFiles = Readonly<Record<Enclosure['network'], readonly Bind[]>>;

/** Writes them once for all instances, and says where they belong. */
export function nameFiles(parent: string): NameFiles {
  const folder = join(parent, 'names');
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  const binds = Object.entries(files).map(([name, text]) => {
    const from = join(folder, name);
    writeFileSync(from, text);
    chmodSync(from, 0o644);
    return { from, to: `/etc/${name}` };
  });
  return { none: binds.filter(({ to }) => to !== '/etc/resolv.conf'), joined: binds, host: [] };
}
