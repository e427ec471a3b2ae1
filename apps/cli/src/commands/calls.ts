import { printable } from '@wherry/core/names';
import { durationMs } from '@wherry/core/rules/quantity';
import type { Call } from '@wherry/wire/calls';
import type { Client } from '@wherry/wire/client';
import type { ClientError } from '@wherry/wire/client-error';
import { rfc3339 } from '@wherry/wire/times';
import { type Command, namespaceOption, targetOptions } from '../command.ts';
import { notThere } from '../failures.ts';
import { milliseconds } from '../output/quantities.ts';
import type { Style } from '../output/style.ts';
import { type Column, table } from '../output/table.ts';
import { timeWithDigits } from '../output/times.ts';
import { callInFull, functionOf } from '../output/call-in-full.ts';
import { checkKnown } from './known-function.ts';
import { noInstance } from './instances.ts';
import { replay, show } from './call-captures.ts';

export const command: Command = {
  name: 'calls',
  summary: 'Show recent calls: what was asked, how it ended, where the time went.',
  arguments: [{ name: '[NAME]', says: 'only calls of this function', completes: 'function' }],
  options: [
    { flags: '--id <ID>', says: 'one call in full, by its id or the one its caller sent' },
    { flags: '--instance <ID>', says: 'only calls that this instance ran' },
    { flags: '--trace <ID>', says: 'only calls of this trace, by its id or its traceparent' },
    { flags: '--failed', says: 'only those answered with 500 or more' },
    { flags: '--cold', says: 'only those that had to wake an instance' },
    { flags: '--since <DURATION>', says: 'only calls of the last 10m, 1h, 7d …' },
    { flags: '--limit <COUNT>', says: 'at most so many (50)' },
    { flags: '--name <NAME>', says: 'only calls of this function', hidden: true },
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['calls', 'the last calls of all functions'],
    ['calls hello --since 1h', 'of one function, in the last hour'],
    ['calls --failed --since 7d', 'what went wrong in the last week'],
    ['calls --id 0190f0c2-…', 'one call in full'],
  ],
  exits: [3, 4, 5],
  subcommands: [show, replay],
  related: ['logs', 'describe', 'versions'],
  async run(context) {
    const { options, output, args } = context;
    const named = args[0] !== undefined || options.text('name') !== undefined;
    const since = options.text('since');
    const { name, namespace } = named
      ? context.functionName()
      : { name: undefined, namespace: options.text('namespace') };
    const query = {
      ...(name === undefined ? {} : { function: name }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(options.text('id') === undefined ? {} : { id: options.text('id') as string }),
      ...(options.text('instance') === undefined ? {} : { instance: options.text('instance') as string }),
      ...(options.text('trace') === undefined ? {} : { trace: options.text('trace') as string }),
      ...(options.flag('failed') ? { failed: 1 } : {}),
      ...(options.flag('cold') ? { cold: 1 } : {}),
      ...(since === undefined ? {} : { since: rfc3339(Date.now() - durationMs('--since', since)) }),
      limit: options.integer('limit', '--limit') ?? 50,
    };
    const calls = await context.ask('Reading the calls', async (client) => {
      const found = await client.listCalls(query);
      if (found.length === 0 && named) await checkKnown(client, context.functionName());
      if (found.length === 0 && query.id !== undefined) throw noCall(query.id);
      if (found.length === 0 && query.instance !== undefined) await checkInstance(client, query.instance);
      return found;
    });
    const { limit: _, function: __, namespace: ___, ...narrowed } = query;
    if (calls.length === 0)
      output.note(Object.keys(narrowed).length > 0 ? 'No call on record matches.' : 'No calls are recorded.');
    await output.result(calls, () => {
      if (query.id !== undefined) return calls.map(callInFull).join('\n\n');
      return calls.length === 0 ? '' : table(columns(output.style), calls, output.out.columns);
    });
  },
};

function noCall(id: string): ClientError {
  return notThere(`call ${printable(id)}`, 'Give the whole id; see the latest: wherry calls');
}

async function checkInstance(client: Client, id: string): Promise<void> {
  const [running, ended] = await Promise.all([
    client.listInstances(),
    client.listEndedInstances({ instance: id, limit: 1 }),
  ]);
  if (ended.length === 0 && running.every((one) => one.id !== id)) throw noInstance(id);
}

function columns(style: Style): readonly Column<Call>[] {
  return [
    { head: 'TIME', cell: ({ startedAt }) => timeWithDigits(startedAt, 3) },
    { head: 'FUNCTION', cell: functionOf },
    { head: 'VERSION', cell: ({ version }) => (version === undefined ? '' : String(version)), right: true },
    { head: 'REQUEST', cell: ({ method, path }) => `${method} ${path}`, shrinks: true },
    {
      head: 'STATUS',
      cell: ({ status }) => String(status),
      right: true,
      paint: (text, { status }) =>
        status >= 500 ? style.bad(text) : status >= 400 ? style.warn(text) : text,
    },
    { head: 'TOOK', cell: ({ totalMs }) => milliseconds(totalMs), right: true },
    { head: 'START', cell: ({ cold }) => (cold ? 'cold' : 'warm') },
    { head: 'ERROR', cell: ({ error }) => error ?? '' },
    { head: 'ID', cell: ({ id }) => id },
  ];
}
