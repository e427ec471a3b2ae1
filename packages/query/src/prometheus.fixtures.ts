import { spawn, spawnSync } from 'node:child_process';
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

/** Starts one that takes samples by remote write; resolves with its address once it answers. */
export async function emptyPrometheus(): Promise<{ url: string; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'wherry-query-'));
  writeFileSync(join(folder, 'prometheus.yml'), '');
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${address}`,
      '--web.enable-remote-write-receiver',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (bytes: Buffer) => {
      said += String(bytes);
      if (said.includes('Server is ready to receive web requests')) resolve();
    });
    child.once('exit', () => reject(new Error(said)));
  });
  return {
    url: `http://${address}`,
    stop: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface Answer {
  readonly status: 'success' | 'error';
  readonly errorType?: string;
  readonly error?: string;
  readonly data?: { readonly resultType: string; readonly result: unknown };
}

export async function ask(url: string, path: string, parameters: Record<string, string>): Promise<Answer> {
  const answer = await fetch(`${url}/api/v1/${path}`, {
    method: 'POST',
    body: new URLSearchParams(parameters),
  });
  return (await answer.json()) as Answer;
}
