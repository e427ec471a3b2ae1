import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import type { Bind } from './enclosure.ts';
import { boundFolders, isFolder } from './own-etc.ts';

/** The part of the machine's own system that every function sees, read-only. */
export interface SystemFolders {
  readonly binds: readonly Bind[];
  readonly links: readonly { readonly target: string; readonly at: string }[];
}

/** What of the machine's /etc is shown where its network is. */
const etcOfMachine = [
  ...['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'localtime', 'mime.types', ...boundFolders],
  ...['resolv.conf', 'hosts', 'nsswitch.conf', 'services', 'protocols'],
];

/** Finds /usr, the library folders (links on merged systems, real folders on others) and /etc: the folder that is given, or parts of the machine's. */
export function systemFolders(etc: string | undefined): SystemFolders {
  const binds: Bind[] = [{ from: '/usr', to: '/usr' }];
  const links: { target: string; at: string }[] = [];
  for (const at of ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']) {
    const entry = lstatSync(at, { throwIfNoEntry: false });
    if (entry === undefined) continue;
    if (entry.isSymbolicLink()) links.push({ target: readlinkSync(at), at });
    else binds.push({ from: at, to: at });
  }
  // NixOS and Guix keep everything here; nothing works without it there.
  for (const store of ['/nix/store', '/gnu/store'])
    if (existsSync(store)) binds.push({ from: store, to: store });
  if (etc !== undefined) binds.push({ from: etc, to: '/etc' });
  for (const name of etc === undefined ? etcOfMachine : boundFolders.filter(isFolder))
    if (existsSync(`/etc/${name}`)) binds.push({ from: `/etc/${name}`, to: `/etc/${name}` });
  return { binds, links };
}
