import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Gateway } from '../../e2e/gateway.ts';
import { lackingTracer } from '../disk/trace.ts';
import { echo } from '../kit/echo.ts';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';

const hasty = join(import.meta.dirname, '../kit/hasty-queue.fixtures.ts');

export const flushFirst: Scenario = {
  id: 'D-02',
  promise: 'the system calls of the gateway show each call flushed to disk before its 202 is written',
  unit: 'calls',
  full: 2_000,
  short: 100,
  lacking: lackingTracer,
  prove: (soak) => watchFlushes(soak, {}),
  controls: [
    {
      without: 'the disk before the 202 (a queue that answers first and writes later)',
      size: 10,
      prove: (soak) => watchFlushes(soak, { NODE_OPTIONS: `--import ${hasty}` }),
    },
  ],
};

async function watchFlushes(soak: Soak, env: Readonly<Record<string, string>>): Promise<string> {
  const log = join(soak.folder(), 'trace');
  const calls = 'trace=pwrite64,fsync,fdatasync,write,writev,sendto,sendmsg';
  // Long enough for a page of the database, in which a call's body stands.
  const strace = ['strace', '-f', '-qq', '--seccomp-bpf', '-y', '-s', '5000', '-o', log, '-e', calls];
  const gateway = await Gateway.start(soak, { env, under: strace });
  await gateway.deploy(echo(0));
  for (let first = 0; first < soak.size; first += atOnce)
    await Promise.all(
      Array.from({ length: Math.min(atOnce, soak.size - first) }, async (_, i) => {
        const response = await fetch(`${gateway.url}/async-function/echo`, {
          method: 'POST',
          // Kept and not made: only the way into the queue is looked at.
          headers: { 'x-call-id': mark(first + i), 'x-wherry-delay': '1h' },
        });
        promise(response.status === 202, `enqueuing answered ${response.status}`);
      }),
    );
  const stopped = gateway.stop('SIGINT');
  // strace itself takes no signals; what it runs does.
  const { pid } = JSON.parse(readFileSync(join(gateway.home, 'server.json'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGINT');
  await stopped;
  return orderIn(log, soak.size);
}

/** Some share a flush, and some do not. */
const atOnce = 5;

/** The caller's own id, which is stored with the call and told with the answer. */
const mark = (n: number) => `marked-${String(n).padStart(6, '0')}`;
const marks = (line: string) => line.match(/marked-\d{6}/g) ?? [];

/** Each must be written to the log, the log flushed, and then the answer written. */
async function orderIn(log: string, count: number): Promise<string> {
  /** Written since the last flush began, written before it, and flushed. */
  const written = new Set<string>();
  let flushing: { readonly by: string; readonly marks: readonly string[] } | undefined;
  const flushed = new Set<string>();
  let answered = 0;
  let flushes = 0;
  for await (const line of createInterface({ input: createReadStream(log, 'latin1') })) {
    if (line.includes('pwrite64(') && line.includes('wherry.db-wal>'))
      for (const one of marks(line)) written.add(one);
    const by = line.slice(0, line.indexOf(' '));
    if (/ f(data)?sync\(.*wherry\.db-wal>/.test(line)) {
      flushing = { by, marks: [...written] };
      written.clear();
    }
    if (flushing?.by === by && /f(data)?sync(\(| resumed).*= 0$/.test(line)) {
      for (const one of flushing.marks) flushed.add(one);
      flushes += flushing.marks.length > 0 ? 1 : 0;
      flushing = undefined;
    }
    if (!/"HTTP\/1\.1 202/.test(line)) continue;
    for (const one of marks(line)) {
      promise(flushed.has(one), `${one} was answered with 202 before it was flushed`);
      answered += 1;
    }
  }
  promise(answered === count, `${answered} of ${count} answers were seen in the trace`);
  return `${answered} answered with 202, each after its flush; ${flushes} flushes`;
}
