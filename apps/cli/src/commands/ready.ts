import { setTimeout as wait } from 'node:timers/promises';
import { durationMs } from '@wherry/core/rules/quantity';
import { ClientError } from '@wherry/wire/client-error';
import { type Command, namespaceOption, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { localError, usageError } from '../failures.ts';
import { suggesting } from './suggesting.ts';

export const command: Command = {
  name: 'ready',
  summary: 'Wait until a function has an instance that takes calls, or until the gateway answers.',
  arguments: [
    { name: '[NAME]', says: 'the function; the gateway where there is none', completes: 'function' },
  ],
  options: [
    { flags: '--attempts <COUNT>', says: 'how often to look (60)' },
    { flags: '--interval <DURATION>', says: 'how long to wait in between (1s)' },
    { flags: '--name <NAME>', says: 'the function', hidden: true },
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['ready', 'after starting a server'],
    ['ready shop --attempts 10', 'a sleeping function is not ready: a call wakes it'],
  ],
  exits: [3, 4, 7],
  related: ['describe', 'list'],
  async run(context) {
    const { options, output, signal } = context;
    const attempts = options.integer('attempts', '--attempts') ?? 60;
    if (attempts < 1) throw usageError('--attempts: at least one is needed', 'Write it as --attempts 60');
    const interval = durationMs('--interval', options.text('interval') ?? '1s');
    const asked = context.args[0] ?? options.text('name');
    const progress = output.progress(`Waiting for ${asked ?? 'the gateway'}`);
    try {
      for (let attempt = 1; ; attempt++) {
        if (await (asked === undefined ? gatewayReady(context) : functionReady(context))) break;
        if (attempt === attempts)
          throw localError(
            'timed_out',
            'It is not ready',
            `${asked ?? 'the gateway'} was looked at ${attempts} times`,
            asked === undefined ? 'See how it is: wherry doctor' : `See why: wherry describe ${asked}`,
          );
        await wait(interval, undefined, { signal });
      }
    } finally {
      progress.stop();
    }
    await output.result({ ready: asked ?? 'gateway' }, () => `${asked ?? 'The gateway'} is ready`);
  },
};

async function gatewayReady(context: Context): Promise<boolean> {
  const { client } = await context.connect({ timeoutMs: 5_000 });
  return client.ready();
}

async function functionReady(context: Context): Promise<boolean> {
  const name = context.functionName();
  const { client } = await context.connect({ timeoutMs: 5_000 });
  try {
    const { availableReplicas } = await suggesting(client, name, () => client.readFunction(name));
    return (availableReplicas ?? 0) > 0;
  } catch (error) {
    // A gateway that is only just starting is no reason to give up.
    if (error instanceof ClientError && error.report.code === 'unreachable') return false;
    throw error;
  }
}
