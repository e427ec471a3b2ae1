// What is paid for at the edge: TLS, limits with a token, and a program that listens itself; each against the same function without.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionRecord } from '@wherry/core/function';
import { openStore } from '@wherry/storage/sqlite/open-store';
import { certify, noCertificates } from '../../e2e/certificate.ts';
import { freshHome } from '../../e2e/gateway.ts';
import type { Bench } from '../kit/bench.ts';
import { loadGenerator } from '../kit/load.ts';
import { type Job, type Observed, takeTurns } from '../kit/rounds.ts';
import { atLeast, atMost, type Goal, type Section } from '../kit/section.ts';
import { percentile, type Sample, settle, settleRatio } from '../kit/statistics.ts';
import { disturbed, figure, milliseconds, shown, table, times } from '../kit/table.ts';
import { nodeFunction } from '../stacks/functions.ts';
import type { Stack } from '../stacks/stack.ts';
import { Wherry } from '../stacks/wherry.ts';

interface Measured {
  readonly cpuPer10k: number;
  readonly rate: number;
  readonly failures: number;
}

/**
 * CPU-seconds of OpenFaaS with its Node template (gateway, provider, watchdog, express; no container) for ten thousand calls at 64 connections.
 * Measured on another day on a machine of the same kind, not in this run.
 */
const openFaasElsewhere = 6.6;
const connections = 64;
const [plain, limited, secure, express] = [
  'plain',
  'limits and token',
  'TLS',
  'express in http mode',
] as const;

export async function edge(bench: Bench): Promise<Section> {
  const load = loadGenerator(bench.scope);
  bench.notes.push(`load from ${load.name}`);
  const { stacks, missing } = await start(bench);
  const seconds = bench.quick ? 1 : 2;
  for (const { url, headers } of stacks) await load.run({ url, headers, bytes: 0, connections, seconds: 2 });
  const jobs = stacks.map(
    ({ name, url, headers, cpu }): Job<Measured> => ({
      key: name,
      async run() {
        await load.run({ url, headers, bytes: 0, connections, seconds: 1 });
        const before = cpu?.seconds() ?? 0;
        const {
          calls,
          seconds: took,
          failures,
        } = await load.run({ url, headers, bytes: 0, connections, seconds });
        return {
          cpuPer10k: (((cpu?.seconds() ?? 0) - before) / calls) * 10_000,
          rate: calls / took,
          failures,
        };
      },
    }),
  );
  const found = await takeTurns([jobs], bench.conduct(seconds + 1.1));
  return report(stacks, found, missing, await listing(bench));
}

async function start(bench: Bench): Promise<{ stacks: Stack[]; missing: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-edge-'));
  bench.scope.after(() => rmSync(folder, { recursive: true, force: true }));
  const missing: string[] = [];
  const wherry = await Wherry.start(bench);
  const { gateway, cpu } = wherry;
  await gateway.deploy(nodeFunction());
  const stacks: Stack[] = [{ name: plain, url: wherry.functionUrl('bench-node'), cpu }];

  const annotations = {
    'com.wherry.visibility': 'private',
    'com.wherry.rate-limit': '900000000/s',
    'com.wherry.rate-limit-per-client': '900000000/s',
  };
  const guarded = nodeFunction('bench-guarded');
  await gateway.deploy({ ...guarded, spec: { ...guarded.spec, annotations } });
  const made = await gateway.system('POST', '/system/tokens', {
    name: 'bench',
    scopes: ['invoke'],
    functions: 'openfaas-fn/bench-guarded',
  });
  const { token } = (await made.json()) as { token: string };
  const headers = { Authorization: `Bearer ${token}` };
  stacks.push({ name: limited, url: wherry.functionUrl('bench-guarded'), headers, cpu });

  if (noCertificates === false) stacks.push(await overTls(bench, folder));
  else missing.push(noCertificates);
  const modules = process.env['WHERRY_TEST_MODULES'];
  if (modules === undefined || !existsSync(join(modules, 'node_modules/express')))
    missing.push('express is not installed (WHERRY_TEST_MODULES names the folder)');
  else stacks.push(withExpress(wherry, modules, folder));
  return { stacks, missing };
}

async function overTls(bench: Bench, folder: string): Promise<Stack> {
  certify(join(folder, 'tls'), 'bench');
  const files = ['--tls-cert', join(folder, 'tls.crt'), '--tls-key', join(folder, 'tls.key')];
  const args = [...files, '--tls-port', '0', '--functions-visibility', 'public'];
  const { gateway, cpu } = await Wherry.start(bench, { args });
  await gateway.deploy(nodeFunction());
  const url = /TLS +(https:\/\/\S+)/.exec(gateway.output)?.[1] ?? '';
  return { name: secure, url: `${url}/function/bench-node`, cpu };
}

/** Deployed by the command line, which packs what an install has left in a folder. */
function withExpress(wherry: Wherry, modules: string, folder: string): Stack {
  const { gateway, cpu } = wherry;
  const at = join(folder, 'express');
  cpSync(join(modules, 'node_modules'), join(at, 'node_modules'), { recursive: true });
  writeFileSync(
    join(at, 'server.js'),
    `const app = require('express')();
app.disable('x-powered-by');
app.get('/', (request, response) => response.type('text').send('hello'));
app.listen(process.env.PORT);`,
  );
  const launcher = join(import.meta.dirname, '../../../apps/cli/bin/wherry.mjs');
  const flags = ['--lang', 'process', '--fprocess', 'node server.js', '-e', 'mode=http', '-g', gateway.url];
  execFileSync(process.execPath, [launcher, 'deploy', 'bench-express', '--from', at, ...flags], {
    env: { ...process.env, WHERRY_HOME: gateway.home },
    stdio: 'pipe',
  });
  return { name: express, url: wherry.functionUrl('bench-express'), cpu };
}

const namespaces = 100;
const each = 100;

/** Milliseconds for the list of one of a hundred namespaces. They are written as a gateway would have left them: each deploy proves an instance. */
async function listing(bench: Bench): Promise<readonly number[]> {
  const home = freshHome();
  bench.scope.after(() => rmSync(home, { recursive: true, force: true }));
  bench.say(`writing ${namespaces * each} functions`);
  await written(home);
  const { gateway } = await Wherry.start(bench, { home });
  const took: number[] = [];
  for (let turn = 0; turn < 300; turn++) {
    const startedAt = performance.now();
    const list = await gateway.system('GET', `/system/functions?namespace=bench-${turn % namespaces}`);
    const functions = (await list.json()) as unknown[];
    took.push(performance.now() - startedAt);
    if (functions.length !== each) throw new Error(`a namespace has ${functions.length} functions`);
  }
  return took;
}

async function written(home: string): Promise<void> {
  const store = await openStore({
    home,
    secretKeys: join(home, 'secrets.key'),
    now: Date.now,
    onDamage: () => undefined,
  });
  const createdAt = Date.now();
  for (let n = 0; n < namespaces; n++) {
    const namespace = `bench-${n}`;
    await store.namespaces.put({ name: namespace, revision: 1, createdAt });
    const records = Array.from({ length: each }, (_, i): FunctionRecord => {
      const spec = { namespace, name: `f-${i}`, image: 'functions/alpine', labels: { team: namespace } };
      return { namespace, name: spec.name, revision: 1, active: { spec, version: 1, createdAt }, createdAt };
    });
    await Promise.all(records.map((record) => store.desiredState.put(record)));
  }
  await store.close();
}

function report(
  stacks: readonly Stack[],
  found: ReadonlyMap<string, readonly Observed<Measured>[]>,
  missing: readonly string[],
  lists: readonly number[],
): Section {
  const samples = (name: string, pick: (one: Measured) => number): Sample[] =>
    (found.get(name) ?? []).map(({ result, foreign }) => ({ value: pick(result), foreign }));
  const cpu = (name: string): Sample[] => samples(name, ({ cpuPer10k }) => cpuPer10k);
  const there = (name: string): boolean => stacks.some((stack) => stack.name === name);
  const against = (name: string, what: string, limit: number): Goal[] =>
    there(name) ? [atMost(what, settleRatio(cpu(name), cpu(plain)).value, limit, times)] : [];
  const failures = [...found].flatMap(([key, all]) => {
    const sum = all.reduce((count, { result }) => count + result.failures, 0);
    return sum === 0 ? [] : [`**Failed calls**: ${key}: ${sum}`];
  });
  return {
    title: 'At the edge',
    goals: [
      ...against(secure, 'TLS on connections that stay: CPU against the same without', 1.5),
      ...against(limited, 'Both rate limits and a token: CPU against the same without', 1.1),
      ...(there(express)
        ? [
            atLeast(
              `express in http mode, per CPU-second against OpenFaaS (${openFaasElsewhere} CPU-s per 10,000, measured elsewhere)`,
              openFaasElsewhere / settle(cpu(express)).value,
              2,
              times,
            ),
          ]
        : []),
      atMost(
        `List of one of ${namespaces} namespaces with ${each} functions each, p95`,
        percentile([...lists], 0.95),
        100,
        milliseconds,
      ),
    ],
    blocks: [
      `Hello at ${connections} connections.`,
      table(
        ['', 'CPU-s per 10,000', 'against plain', 'calls/s'],
        stacks.map(({ name }) => [
          name,
          shown(settle(cpu(name)), figure),
          shown(settleRatio(cpu(name), cpu(plain)), times),
          shown(settle(samples(name, ({ rate }) => rate)), figure),
        ]),
      ),
      `${disturbed} fewer than three rounds without others on the machine.`,
      ...missing.map((reason) => `Not shown: ${reason}.`),
      ...failures,
    ],
  };
}
