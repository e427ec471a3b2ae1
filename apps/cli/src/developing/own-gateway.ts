import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Context } from '../context.ts';
import { localError } from '../failures.ts';

const program = fileURLToPath(new URL('../../bin/wherry.mjs', import.meta.url));

/** A gateway that lives as long as somebody develops, where none runs; else nothing is started and nothing is stopped. */
export async function ownGateway(
  context: Context,
  inStack: string | undefined,
): Promise<{ stop(): Promise<void> }> {
  const nothing = { stop: async () => undefined };
  const { client } = await context.connect({ gateway: inStack });
  if (!client.target.origin.startsWith('the default') || (await client.ready())) return nothing;
  context.output.note('No gateway runs here: starting one');
  const child = spawn(process.execPath, [program, 'server'], {
    env: { ...context.env, WHERRY_HOME: context.home },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A Ctrl-C is for us; the gateway is told afterwards, when nobody needs it any more.
    detached: process.platform !== 'win32',
  });
  let said = '';
  const ready = new Promise<boolean>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => {
        said += bytes.toString();
        if (/^ready http/m.test(said)) resolve(true);
      });
    child.once('exit', () => resolve(false));
  });
  if (!(await ready))
    throw localError(
      'no_gateway',
      'No gateway can be started here',
      said.trim().slice(-500),
      'Start one yourself and see why: wherry server',
    );
  return {
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
