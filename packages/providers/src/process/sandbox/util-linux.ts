import { join } from 'node:path';
import type { Enclosure, Launch } from './enclosure.ts';
import { asUser } from './bubblewrap.ts';
import type { SystemFolders } from './system-folders.ts';

const script = join(import.meta.dirname, 'enclose.sh');

/**
 * A fence built with what every Linux has: `unshare`, `setpriv` and a small script that makes the new root. The same view and the same
 * namespaces as with bubblewrap, but no system-call filter, so further user namespaces stay possible: level `partial`.
 */
export function utilLinux(enclosure: Enclosure, system: SystemFolders): Launch {
  const spaces = ['--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child=KILL'];
  if (enclosure.network === 'none') spaces.push('--net');
  if (enclosure.user === undefined) spaces.push('--user', '--map-root-user');
  const view = [
    ...system.binds.flatMap(({ from, to }) => ['bind', from, to]),
    ...enclosure.readOnly.flatMap(({ from, to }) => ['bind', from, to]),
    ...system.links.flatMap(({ target, at }) => ['link', target, at]),
    ...enclosure.writable.flatMap(({ from, to }) => ['writable', from, to]),
    ...['scratch', String(enclosure.scratchBytes), '/tmp'],
  ];
  const env = Object.entries(enclosure.env).map(([key, value]) => `${key}=${value}`);
  const drop =
    enclosure.user === undefined
      ? ['setpriv', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--']
      : asUser(enclosure);
  const argv = [
    ...['setpriv', '--pdeathsig', 'KILL', 'unshare', ...spaces, 'sh', script, enclosure.rootFolder],
    ...[enclosure.cwd, ...view, '--', 'setsid', '--wait', 'env', '-i', ...env, ...drop, ...enclosure.command],
  ];
  return { argv, contained: true };
}
