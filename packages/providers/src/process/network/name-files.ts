import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bind } from '../sandbox/enclosure.ts';

/** How names are looked up in an instance's own network: of the gateway, which listens at the loopback there. */
const files = {
  'resolv.conf': 'nameserver 127.0.0.1\noptions timeout:5 attempts:2\n',
  hosts: '127.0.0.1 localhost\n::1 localhost\n',
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n',
};

/** Writes them once for all instances, and says where they belong. */
export function nameFiles(parent: string): readonly Bind[] {
  const folder = join(parent, 'names');
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  return Object.entries(files).map(([name, text]) => {
    const from = join(folder, name);
    writeFileSync(from, text);
    chmodSync(from, 0o644);
    return { from, to: `/etc/${name}` };
  });
}
