import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';

const program = join(import.meta.dirname, 'full-disk.fixtures.ts');

function lackingMounts(): string | undefined {
  const mounted =
    process.platform === 'linux' &&
    spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
  return mounted ? undefined : 'needs root and mount namespaces';
}

export const fullDisk: Scenario = {
  id: 'D-04',
  promise:
    'a full disk is said to be full: calls, reads and deletes go on, nothing is half taken, and it recovers by itself',
  unit: 'times full',
  full: 20,
  short: 1,
  lacking: lackingMounts,
  prove: (soak) => onSmallDisk(soak, {}),
  controls: [
    {
      without: 'the refusal: the client takes every answer as a yes',
      size: 1,
      prove: (soak) => onSmallDisk(soak, { WHERRY_SOAK_WITHOUT: 'refusal' }),
    },
  ],
};

async function onSmallDisk(soak: Soak, env: NodeJS.ProcessEnv): Promise<string> {
  const home = soak.folder();
  const script =
    'mount -t tmpfs -o size=16m,mode=0700 none "$1" && exec "$2" --disable-warning=ExperimentalWarning "$3" "$1" "$4" "$5"';
  const args = [
    '-m',
    'sh',
    '-c',
    script,
    'sh',
    home,
    process.execPath,
    program,
    `${soak.seed}`,
    `${soak.size}`,
  ];
  const child = spawn('unshare', args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (bytes) => (output += bytes));
  child.stderr.on('data', (bytes) => (errors += bytes));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`it ended with ${code}:\n${errors}${output}`);
  const { detail, broken } = JSON.parse(output) as { detail?: string; broken?: string };
  promise(broken === undefined, broken ?? '');
  return detail ?? '';
}
