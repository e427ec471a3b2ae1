// Load from a process of its own: wrk where it is installed, else our own client. Both are closed loops: each connection sends
// its next request when it has the answer to the last.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from './scope.ts';

export interface LoadOrder {
  readonly url: string;
  readonly connections: number;
  /** Bytes of a POST; 0 is a GET. */
  readonly bytes: number;
  readonly seconds: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface LoadResult {
  readonly calls: number;
  readonly seconds: number;
  /** Answers that were no success, and connections that failed. */
  readonly failures: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LoadGenerator {
  readonly name: string;
  run(order: LoadOrder): Promise<LoadResult>;
}

export function loadGenerator(scope: Scope): LoadGenerator {
  const { stdout } = spawnSync('wrk', ['--version'], { encoding: 'utf8' });
  const version = /^wrk \S*?(\d+(?:\.\d+)+)/m.exec(stdout ?? '')?.[1];
  return version === undefined ? ownClient : wrk(version, scope);
}

const ownClient: LoadGenerator = {
  name: 'the own client of this repository (wrk is not installed)',
  async run(order) {
    const program = join(import.meta.dirname, 'load-client.ts');
    return JSON.parse(await outputOf(process.execPath, [program, JSON.stringify(order)])) as LoadResult;
  },
};

/** What wrk runs at its end: one line that is easier to read than its report. */
const report = `done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT %d %d %d %d %d\\n', summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
`;

function wrk(version: string, scope: Scope): LoadGenerator {
  const folder = mkdtempSync(join(tmpdir(), 'bench-wrk-'));
  scope.after(() => rmSync(folder, { recursive: true, force: true }));
  return {
    name: `wrk ${version}, one thread`,
    async run({ url, connections, bytes, seconds, headers = {} }) {
      const script = join(folder, `body-${bytes}.lua`);
      const further = Object.entries(headers).map(
        ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}\n`,
      );
      const body =
        bytes === 0
          ? ''
          : `wrk.method = 'POST'\nwrk.body = string.rep('x', ${bytes})\n` +
            `wrk.headers['Content-Type'] = 'application/octet-stream'\n`;
      writeFileSync(script, further.join('') + body + report);
      const duration = Math.max(1, Math.round(seconds));
      const flags = ['-t1', `-c${connections}`, `-d${duration}s`, '--timeout', '10s', '-s', script, url];
      return wrkResult(await outputOf('wrk', flags));
    },
  };
}

export function wrkResult(output: string): LoadResult {
  const found = /^RESULT (\d+) (\d+) (\d+) (\d+) (\d+)$/m.exec(output);
  if (!found) throw new Error(`wrk said something else:\n${output}`);
  const [calls = 0, micros = 0, failures = 0, p50 = 0, p99 = 0] = found.slice(1).map(Number);
  return { calls, seconds: micros / 1e6, failures, p50Ms: p50 / 1000, p99Ms: p99 / 1000 };
}

async function outputOf(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output += bytes));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output}`);
  return output;
}
