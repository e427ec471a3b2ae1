// A gateway with a month behind it: functions of a small shop that are really deployed, and a history as they would have left it, the same
// for the same seed. Then it serves, with some traffic.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { programOptions } from '@wherry/testkit/program-options';
import { openStore } from '@wherry/storage/sqlite/open-store';
import { Gateway } from '../e2e/gateway.ts';
import { livePast, monthUntil } from './past.ts';
import { freePorts } from './ports.ts';
import { auditMonth, backdate, deployShop } from './stage.ts';
import { traffic } from './traffic.ts';
import { day } from './weather.ts';

const { values } = programOptions('npm run demo', () =>
  parseArgs({
    options: {
      home: { type: 'string', default: resolve(import.meta.dirname, '../../.demo') },
      port: { type: 'string' },
      'dashboard-port': { type: 'string' },
      'metrics-port': { type: 'string' },
      seed: { type: 'string', default: '7' },
      days: { type: 'string', default: '30' },
      anew: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      pictures: { type: 'boolean', default: false },
    },
  }),
);
const home = resolve(values.home);
const lineStart = process.stderr.isTTY ? '\r' : '';
const mark = join(home, 'demo.json');
const ends: (() => Promise<void>)[] = [];
const life = { after: (end: () => Promise<void>): void => void ends.unshift(end) };

// Before the month is made: nobody shall wait for it in vain. And behind it, because making it takes a while.
await ports(() => undefined);
if (values.anew || !isOfToday()) await make();
const taken = await ports((text) => process.stderr.write(`${text}\n`));
const gateway = await Gateway.start(life, {
  home,
  env: { WHERRY_DASHBOARD_BUILDER: process.env['WHERRY_DASHBOARD_BUILDER'] ?? '' },
  args: [...taken].flatMap(([flag, port]) => [flag, String(port)]),
});
process.stdout.write(`ready ${gateway.url}\n`);
process.stdout.write(
  [
    'In another terminal, in this folder:',
    `  export WHERRY_HOME='${home}'    # wherry asks the demo from now on, with its token`,
    '  npx wherry list',
    '  npx wherry dashboard --open',
    '',
  ].join('\n'),
);
const stopTraffic = values.quiet ? () => undefined : traffic(gateway);
async function stop(): Promise<void> {
  stopTraffic();
  for (const end of ends) await end();
  process.exit();
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
if (values.pictures) {
  const { takePictures } = await import('./pictures.ts');
  await takePictures(gateway).catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
  await stop();
}

function ports(say: (text: string) => void): ReturnType<typeof freePorts> {
  const wanted = [
    { flag: '--port', usual: 8080, asked: values.port },
    { flag: '--dashboard-port', usual: 8081, asked: values['dashboard-port'] },
    { flag: '--metrics-port', usual: 8082, asked: values['metrics-port'] },
  ];
  return freePorts(wanted, say).catch((error: Error) => refuse(error.message));
}

function refuse(why: string): never {
  process.stderr.write(`wherry: ${why}\n`);
  return process.exit(1);
}

/** The month ends where it was made: one of yesterday would have a hole at its end. */
function isOfToday(): boolean {
  try {
    const { madeAt, ...made } = JSON.parse(readFileSync(mark, 'utf8')) as Record<string, unknown>;
    const same = made['seed'] === values.seed && made['days'] === values.days;
    return same && Date.now() - Number(madeAt) < day / 2;
  } catch {
    return false;
  }
}

/** Over what was said before; only people at a terminal want to see it move. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${lineStart}${text}`);
}

async function make(): Promise<void> {
  if (existsSync(home) && !existsSync(mark))
    refuse(`${home} holds something else: name another folder with --home`);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(mark, '{}');
  const month = monthUntil(Date.now(), Number(values.days));
  const store = () => openStore({ home, now: Date.now });
  let past = await store();
  await auditMonth(past, month);
  const calls = await livePast(past, month, Number(values.seed), (share) =>
    progress(`A month of history: day ${Math.ceil(share * Number(values.days))} of ${values.days}`),
  );
  await past.close();
  process.stderr.write(
    `${lineStart}A month of history: ${calls.toLocaleString('en')} calls. Deploying its functions …\n`,
  );
  const first = await Gateway.start(life, { home });
  await deployShop(first);
  await first.stop();
  past = await store();
  await backdate(past, month);
  await past.close();
  writeFileSync(mark, JSON.stringify({ madeAt: month.to, seed: values.seed, days: values.days }));
}
