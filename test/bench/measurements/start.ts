// From the command to the line that says calls are answered.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshHome, Gateway } from '../../e2e/gateway.ts';
import { type Bench, root } from '../kit/bench.ts';
import { type Job, takeTurns } from '../kit/rounds.ts';
import { Scope } from '../kit/scope.ts';
import { atMost, type Section } from '../kit/section.ts';
import { type Sample, settle, settleRatio } from '../kit/statistics.ts';
import { disturbed, figure, shown, table, times } from '../kit/table.ts';
import { deployMany } from '../stacks/many-functions.ts';
import { Wherry } from '../stacks/wherry.ts';

const deployed = 100;
const keys = {
  server: `\`wherry server\` with ${deployed} functions`,
  empty: '`wherry server` without functions',
  npm: '`npm start`, the second time',
  node: '`node -e 0`, to compare',
};

export async function start(bench: Bench): Promise<Section> {
  const [full, empty, samples] = [await filledHome(bench), keptHome(bench), keptHome(bench)];
  const first = await npmStart(samples);
  await serverStart(empty);
  bench.say(`\`npm start\` the first time, with everything installed: ${(first / 1000).toFixed(1)} s`);
  const job = (key: string, run: () => Promise<number>): Job<number> => ({ key, run });
  const jobs = [
    job(keys.server, () => serverStart(full)),
    job(keys.empty, () => serverStart(empty)),
    job(keys.npm, () => npmStart(samples)),
    job(keys.node, bareNode),
  ];
  const found = await takeTurns([jobs], bench.conduct(1.3));
  const taken = (key: string): Sample[] =>
    (found.get(key) ?? []).map(({ result, foreign }) => ({ value: result, foreign }));
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
  return {
    title: 'Start',
    goals: [
      atMost(keys.server, settle(taken(keys.server)).value, 1000, seconds),
      atMost(keys.npm, settle(taken(keys.npm)).value, 3000, seconds),
    ],
    blocks: [
      'Milliseconds from the spawn to `ready` on standard output.',
      table(
        ['', 'median', 'least', 'most', `against ${keys.node.split(',')[0]}`],
        Object.values(keys).map((key) => {
          const settled = settle(taken(key));
          const ratio = settleRatio(taken(key), taken(keys.node));
          return [
            key,
            shown(settled, figure),
            figure(settled.least),
            figure(settled.most),
            shown(ratio, times),
          ];
        }),
      ),
      `${disturbed} fewer than three rounds without others on the machine.`,
    ],
  };
}

function keptHome(bench: Bench): string {
  const home = freshHome();
  bench.scope.after(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

/** A data folder as a gateway left it that ran for a while. */
async function filledHome(bench: Bench): Promise<string> {
  const home = keptHome(bench);
  const scope = new Scope();
  const wherry = await Wherry.start({ ...bench, scope }, { home, args: ['--functions-idle', '1s'] });
  bench.say(`deploying ${deployed} functions`);
  await deployMany(wherry, deployed);
  await scope.close();
  return home;
}

async function serverStart(home: string): Promise<number> {
  const scope = new Scope();
  const startedAt = performance.now();
  try {
    await Gateway.start(scope, { home });
    return performance.now() - startedAt;
  } finally {
    await scope.close();
  }
}

async function npmStart(home: string): Promise<number> {
  // npm's own log and cache stay out of the person's.
  const scratch = mkdtempSync(join(tmpdir(), 'bench-npm-'));
  const startedAt = performance.now();
  const child = spawn('npm', ['start', '--', '--port', '0', '--metrics-port', '0'], {
    cwd: root,
    env: {
      ...process.env,
      WHERRY_HOME: home,
      npm_config_logs_dir: scratch,
      npm_config_update_notifier: 'false',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = once(child, 'close');
  try {
    let said = '';
    child.stderr.on('data', (bytes) => (said += bytes));
    for await (const bytes of child.stdout) {
      said += bytes;
      if (/^ready http/m.test(said)) return performance.now() - startedAt;
    }
    throw new Error(`npm start did not come up:\n${said}`);
  } finally {
    // The whole group, as ctrl-C at a terminal would.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
    child.stdout.resume();
    await ended;
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function bareNode(): Promise<number> {
  const startedAt = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - startedAt;
}
