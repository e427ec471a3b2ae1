import { ClientError, errorOfAnswer } from '@wherry/wire/client-error';
import type { Invocation } from '@wherry/wire/client';
import { headerOf } from '@wherry/wire/transport';
import type { FunctionName } from '@wherry/core/names';
import type { OptionSpec } from '../command.ts';
import { outcomeOf } from '../connection/outcome.ts';
import type { Context } from '../context.ts';
import { exitCodeOf, usageError } from '../failures.ts';
import { withSuggestion } from './suggesting.ts';

export const laterOptions: readonly OptionSpec[] = [
  { flags: '-a, --async', says: 'put it in the queue; it is made as soon as there is room, and tried again' },
  { flags: '--callback <URL>', says: 'with --async: where the answer is sent to' },
  { flags: '--delay <DURATION>', says: 'with --async: not before 30s, 1h …' },
  { flags: '--idempotency-key <KEY>', says: 'with --async: the same key is the same call' },
  { flags: '--wait', says: 'with --async: wait for the answer' },
];

/** Puts a call into the queue, and says how to see what becomes of it. */
export async function invokeLater(context: Context, name: FunctionName, call: Invocation): Promise<number> {
  const { options, output } = context;
  if ((call.method ?? 'POST') !== 'POST')
    throw usageError('--method: what is queued is always a POST', 'Leave --method out, or --async.');
  const { client } = await context.connect();
  const headers = [
    ...(call.headers ?? []),
    ...header('X-Callback-Url', options.text('callback')),
    ...header('X-Wherry-Delay', options.text('delay')),
    ...header('Idempotency-Key', options.text('idempotencyKey')),
  ];
  const progress = output.progress(`Queueing a call of ${name.name}`);
  const answer = await client
    .invoke(name, { ...call, headers }, 'invokeAsync')
    .finally(() => progress.stop());
  if (answer.status !== 202) {
    const error = await errorOfAnswer(client.target, answer);
    output.failure(error.status === 404 ? await withSuggestion(client, name, error) : error);
    return exitCodeOf(error);
  }
  const id = headerOf(answer, 'x-call-id') ?? '';
  if (!options.flag('wait')) {
    await output.result({ id, accepted: true }, () => id);
    output.note(`Accepted. See what becomes of it: wherry queue show ${id}`);
    return 0;
  }
  const { call: made } = await outcomeOf(context, id, true);
  if (made?.result === undefined) {
    const cause = made?.last?.cause ?? made?.state ?? 'it is not known any more';
    const next = `See why: wherry queue show ${id}`;
    const error = new ClientError(
      {
        code: 'call_failed',
        title: 'The call failed for good',
        cause,
        next,
        fault: 'function',
        component: 'cli',
      },
      undefined,
    );
    output.failure(error);
    return 8;
  }
  const { status, encoding, body } = made.result;
  await output.result({ id, status, encoding, body }, () => '');
  if (output.format === 'text')
    await output.out.write(Buffer.from(body, encoding === 'utf8' ? 'utf8' : 'base64'));
  if (status >= 400) output.note(`${output.errStyle.bad('✗')} the function answered ${status} · call ${id}`);
  return status >= 400 ? 8 : 0;
}

function header(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]];
}
