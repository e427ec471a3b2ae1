import { dirname } from 'node:path';
import type { Enclosure, Launch } from './enclosure.ts';
import { hostName } from './own-etc.ts';
import type { SystemFolders } from './system-folders.ts';

/**
 * A fence built by bubblewrap. With a gateway that runs as root there is no user namespace: bubblewrap keeps just the rights that
 * `setpriv` needs to become the function's user for good (bubblewrap's own `--uid` would leave the host user 0). Without
 * root, bubblewrap makes a user namespace, and closes it behind itself. `unseen` keeps the environment out of the command line.
 */
export function bubblewrap(
  enclosure: Enclosure,
  system: SystemFolders,
  filter: string | undefined,
  unseen = false,
): Launch {
  const args = ['bwrap', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'];
  args.push('--hostname', hostName);
  if (enclosure.network === 'none') args.push('--unshare-net');
  args.push('--die-with-parent', '--new-session', '--clearenv');
  // The same user inside as outside, also where the network that is joined belongs to a user namespace that says root.
  const own = ['--uid', String(process.getuid?.()), '--gid', String(process.getgid?.())];
  if (enclosure.user === undefined)
    args.push('--unshare-user', ...own, '--disable-userns', '--cap-drop', 'ALL');
  else
    args.push(
      '--cap-drop',
      'ALL',
      '--cap-add',
      'CAP_SETUID',
      '--cap-add',
      'CAP_SETGID',
      '--cap-add',
      'CAP_SETPCAP',
    );
  const variables = Object.entries(enclosure.env).flatMap(([key, value]) => ['--setenv', key, value]);
  args.push(...(unseen ? ['--args', '5'] : variables));

  const made = new Set<string>(['/']);
  // bubblewrap makes missing parents private to root; the function's user must be able to pass.
  const parents = (path: string): void => {
    const parent = dirname(path);
    if (made.has(parent)) return;
    parents(parent);
    made.add(parent);
    args.push('--perms', '0755', '--dir', parent);
  };
  for (const { from, to } of system.binds) {
    parents(to);
    args.push('--ro-bind-try', from, to);
    made.add(to);
  }
  for (const { target, at } of system.links) args.push('--symlink', target, at);
  args.push(
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--size',
    '16777216',
    '--perms',
    '1777',
    '--tmpfs',
    '/dev/shm',
  );
  args.push('--size', String(enclosure.scratchBytes), '--perms', '1777', '--tmpfs', '/tmp');
  for (const { from, to } of enclosure.readOnly) {
    parents(to);
    args.push('--ro-bind', from, to);
  }
  for (const { from, to } of enclosure.writable) {
    parents(to);
    args.push('--bind', from, to);
  }
  args.push('--remount-ro', '/', '--chdir', enclosure.cwd);
  if (filter !== undefined) args.push('--seccomp', '4');
  args.push('--', ...asUser(enclosure), ...enclosure.command);
  return {
    argv: args,
    contained: true,
    ...(filter === undefined ? {} : { filter }),
    ...(unseen ? { unseen: variables } : {}),
  };
}

/** Becomes the function's user for good: no groups, no capabilities, no way to gain any. */
export function asUser({ user }: Enclosure): readonly string[] {
  const drop = ['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--'];
  if (user === undefined) return [];
  return ['setpriv', '--reuid', String(user), '--regid', String(user), '--clear-groups', ...drop];
}
