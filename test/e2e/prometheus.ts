// A real Prometheus that scrapes a gateway.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@wherry/testkit/free-port';

/** Why it can't be had, or false. */
export const noPrometheus =
  spawnSync('prometheus', ['--version']).error === undefined
    ? false
    : 'prometheus is not installed (apt-get install prometheus)';

/** Starts one that asks every second; resolves with its address once it answers. It goes with the test. */
export async function prometheus(
  t: { after(fn: () => Promise<void>): void },
  metricsUrl: string,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'wherry-prometheus-'));
  const target = new URL(metricsUrl).host;
  writeFileSync(
    join(folder, 'prometheus.yml'),
    `scrape_configs:\n- job_name: wherry\n  scrape_interval: 1s\n  scrape_timeout: 1s\n  static_configs:\n  - targets: ['${target}']\n`,
  );
  const address = `127.0.0.1:${await freePort()}`;
  const child: ChildProcess = spawn(
    'prometheus',
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${address}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  t.after(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (bytes: Buffer) => {
      said += String(bytes);
      if (said.includes('Server is ready to receive web requests')) resolve();
    });
    child.once('exit', () => reject(new Error(said)));
  });
  return `http://${address}`;
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** The samples that a query gives now. */
export async function query(url: string, text: string): Promise<readonly Sample[]> {
  const answer = (await (await fetch(`${url}/api/v1/query?query=${encodeURIComponent(text)}`)).json()) as {
    data: { result: Sample[] };
  };
  return answer.data.result.toSorted((a, b) =>
    (a.metric['code'] ?? '') < (b.metric['code'] ?? '') ? -1 : 1,
  );
}
