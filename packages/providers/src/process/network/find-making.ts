import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Launch } from '../sandbox/enclosure.ts';
import type { SpaceMaking } from './space.ts';
import { steeringObject, steeringSection } from './steering.ts';

/** How networks for grants are made here, or what this machine lacks. */
export type Networking = { readonly making: SpaceMaking } | { readonly problem: string };

const everywhere = 'ip link set lo up && ip route add local 0.0.0.0/0 dev lo';

/** Finds out by doing it. `works` runs a command and says what went wrong, if anything. */
export async function findNetworking(
  folder: string,
  root: boolean,
  works: (launch: Launch) => Promise<string | undefined>,
): Promise<Networking> {
  const inNew = (script: string, ...args: readonly string[]): Promise<string | undefined> => {
    const own = root ? [] : ['--user', '--map-root-user'];
    return works({
      argv: ['unshare', '--net', ...own, '--', 'sh', '-c', script, 'sh', ...args],
      contained: true,
    });
  };
  const steering = join(folder, 'steering.o');
  writeFileSync(steering, steeringObject(), { mode: 0o600 });
  const steered = `${everywhere} && tc qdisc add dev lo clsact && tc filter add dev lo ingress bpf direct-action object-file "$1" section ${steeringSection}`;
  const [problem, notSteered] = await Promise.all([
    inNew(everywhere),
    root ? inNew(steered, steering) : 'needs root',
  ]);
  if (problem !== undefined) return { problem };
  return {
    making: { steering: notSteered === undefined ? steering : undefined, own: !root },
  };
}
