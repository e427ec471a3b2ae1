import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Bench } from '../kit/bench.ts';
import type { Stack } from './stack.ts';

export async function rawNode({ meter, scope }: Bench): Promise<Stack> {
  const cpu = meter.group('raw-node');
  const program = join(import.meta.dirname, 'raw-server.mjs');
  const child = cpu.inside(() => spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] }));
  scope.after(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  cpu.adopt(child.pid as number);
  const [port] = await once(child.stdout, 'data');
  return { name: 'raw node:http', url: `http://127.0.0.1:${String(port).trim()}/`, cpu };
}
