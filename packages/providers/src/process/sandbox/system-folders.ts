import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import type { Bind } from './enclosure.ts';

/** The part of the machine's own system that every function sees, read-only. */
export interface SystemFolders {
  readonly binds: readonly Bind[];
  readonly links: readonly { readonly target: string; readonly at: string }[];
}

/** What of /etc is needed: the loader's cache, certificates, the alternatives that /usr links through, the time zone. */
const etc = [
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'ssl',
  'pki',
  'ca-certificates',
  'alternatives',
  'localtime',
  'mime.types',
];
/** Only where there is a network; a network of one's own has its own way to look up names. */
const etcNetwork = {
  none: [],
  joined: ['services', 'protocols'],
  host: ['resolv.conf', 'hosts', 'nsswitch.conf', 'services', 'protocols'],
};

/** Finds /usr, the library folders (links on merged systems, real folders on others) and the chosen files of /etc. */
export function systemFolders(network: 'none' | 'joined' | 'host'): SystemFolders {
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
  for (const name of [...etc, ...etcNetwork[network]]) {
    if (existsSync(`/etc/${name}`)) binds.push({ from: `/etc/${name}`, to: `/etc/${name}` });
  }
  return { binds, links };
}
