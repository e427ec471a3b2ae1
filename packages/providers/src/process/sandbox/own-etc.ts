import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Enclosure } from './enclosure.ts';

/** What a function's machine is called inside, whatever it is called outside. */
export const hostName = 'function';

/** How names are looked up in there: its own by the file, others of the gateway where it listens at the loopback. */
const hosts = `127.0.0.1 localhost ${hostName}\n::1 localhost\n`;
const switches = 'passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n';
const resolver = 'nameserver 127.0.0.1\noptions timeout:5 attempts:2\n';

/** The machine's own, as they are when the gateway starts: the loader's cache, the time zone, kinds of files. */
const copied = ['ld.so.cache', 'localtime', 'mime.types'];
const copiedWithNetwork = ['services', 'protocols'];
/** The machine's own, as they are: certificates, the alternatives that /usr links through. */
export const boundFolders: readonly string[] = ['ssl', 'pki', 'ca-certificates', 'alternatives'];

/** Where systems keep the settings of languages and their tools: empty, unless one of those is shown inside. */
function settingsOfTools(): readonly string[] {
  return readdirSync('/etc').filter(
    (name) => /^(?:java-\d+-openjdk|maven|php)$/.test(name) && isFolder(name),
  );
}

/** A folder that is shown as /etc, by what the instance has for a network; undefined shows parts of the machine's. */
export type OwnEtc = Readonly<Record<Enclosure['network'], string | undefined>>;

/** Makes them once for all instances: one folder takes the kernel less to show than ten files. */
export function ownEtc(parent: string): OwnEtc {
  const make = (name: string, texts: Readonly<Record<string, string>>, copies: readonly string[]): string => {
    const folder = join(parent, name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const file of copies.filter((one) => existsSync(`/etc/${one}`)))
      copyFileSync(`/etc/${file}`, join(folder, file));
    // Of each instance's own there is only the place: an instance has its own user.
    for (const [file, text] of Object.entries({ ...texts, passwd: '' }))
      writeFileSync(join(folder, file), text);
    const folders = [...boundFolders.filter(isFolder), ...settingsOfTools()];
    for (const one of folders) mkdirSync(join(folder, one));
    for (const path of [folder, ...folders.map((one) => join(folder, one))]) chmodSync(path, 0o755);
    for (const file of [...copies, ...Object.keys(texts), 'passwd'])
      if (existsSync(join(folder, file))) chmodSync(join(folder, file), 0o644);
    return folder;
  };
  const own = { hosts, 'nsswitch.conf': switches };
  return {
    none: make('etc-none', own, copied),
    joined: make('etc-joined', { ...own, 'resolv.conf': resolver }, [...copied, ...copiedWithNetwork]),
    host: undefined,
  };
}

export function isFolder(name: string): boolean {
  return statSync(`/etc/${name}`, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
