import { printable } from '@wherry/core/names';
import { durationMs } from '@wherry/core/rules/quantity';
import type { Client } from '@wherry/wire/client';
import type { ClientError } from '@wherry/wire/client-error';
import type { EndedInstance } from '@wherry/wire/ended-instances';
import type { InstanceState } from '@wherry/wire/function-state';
import { rfc3339 } from '@wherry/wire/times';
import { type Command, namespaceOption, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { checkKnown } from './known-function.ts';
import { notThere } from '../failures.ts';
import { endedInFull, endedTable, runningTable } from '../output/instance-tables.ts';

/** What `instances` shows: what runs, and what ran where that is asked for. */
export interface Instances {
  readonly running: readonly InstanceState[];
  readonly ended?: readonly EndedInstance[];
}

export const command: Command = {
  name: 'instances',
  summary: 'Show running instances; with --all also how earlier ones ended, and their last words.',
  arguments: [{ name: '[NAME]', says: 'only those of this function', completes: 'function' }],
  options: [
    { flags: '-a, --all', says: 'also those that are gone' },
    { flags: '--id <ID>', says: 'one in full, whether it runs or is gone' },
    {
      flags: '--kind <KIND>',
      says: 'of those that are gone, only those that ended so',
      choices: ['stopped', 'exited', 'signalled', 'out-of-memory', 'killed', 'lost'],
    },
    { flags: '--since <DURATION>', says: 'of those that are gone, only of the last 10m, 24h, 7d …' },
    { flags: '--limit <COUNT>', says: 'at most so many that are gone (50)' },
    { flags: '--name <NAME>', says: 'only those of this function', hidden: true },
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['instances', 'what runs now, of all functions'],
    ['instances hello --all', 'and what ran, and why it ended'],
    ['instances --all --kind out-of-memory', 'whose memory is too small'],
    ['instances --id 4f2a…', 'one in full, with its last words'],
  ],
  exits: [3, 4, 5],
  related: ['calls', 'logs', 'describe'],
  async run(context) {
    const { options, output } = context;
    const id = options.text('id');
    const kind = options.text('kind');
    const past = options.flag('all') || id !== undefined || kind !== undefined;
    const found = await context.ask('Reading the instances', async (client): Promise<Instances> => {
      const [running, ended] = await Promise.all([
        client.listInstances(),
        past ? client.listEndedInstances(pastQuery(context, id)) : undefined,
      ]);
      // Of those that run, none has ended so.
      const chosen = kind === undefined ? running.filter(chosenBy(context, id)) : [];
      const named = nameIn(context);
      if (named !== undefined && chosen.length === 0 && (ended ?? []).length === 0)
        await checkKnown(client, named);
      return ended === undefined ? { running: chosen } : { running: chosen, ended };
    });
    const { running, ended = [] } = found;
    if (id !== undefined && running.length + ended.length === 0) throw noInstance(id);
    await output.result(found, () => {
      const now = Date.now();
      const parts = [
        running.length === 0 ? '' : runningTable(running, now, output.out.columns),
        ended.length === 0
          ? ''
          : id === undefined
            ? endedTable(ended, now, output)
            : ended.map((one) => endedInFull(one, now)).join('\n\n'),
      ];
      return parts.filter((text) => text !== '').join('\n\n');
    });
    if (running.length === 0 && !past) output.note('None is running. Those that are gone: --all');
    if (id === undefined && ended.length > 0)
      output.note('One with its last words: wherry instances --id ID');
    return 0;
  },
};

/** Of an id that no instance has or had: a part of one is none. */
export function noInstance(id: string): ClientError {
  return notThere(
    `instance ${printable(id)}`,
    'Give the whole id; see which there are: wherry instances --all',
  );
}

function pastQuery(context: Context, id: string | undefined): Parameters<Client['listEndedInstances']>[0] {
  const { options } = context;
  const since = options.text('since');
  const kind = options.text('kind');
  const named = nameIn(context);
  const namespace = named?.namespace ?? options.text('namespace');
  return {
    ...(named === undefined ? {} : { function: named.name }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(id === undefined ? {} : { instance: id }),
    ...(kind === undefined ? {} : { kind }),
    ...(since === undefined ? {} : { since: rfc3339(Date.now() - durationMs('--since', since)) }),
    limit: options.integer('limit', '--limit') ?? 50,
  };
}

function chosenBy(context: Context, id: string | undefined): (one: InstanceState) => boolean {
  const named = nameIn(context);
  const namespace = named?.namespace ?? context.options.text('namespace');
  return (one) =>
    (id === undefined || one.id === id) &&
    (named === undefined || one.name === named.name) &&
    (namespace === undefined || one.namespace === namespace);
}

function nameIn(context: Context): { readonly name: string; readonly namespace: string } | undefined {
  const said = context.args[0] ?? context.options.text('name');
  return said === undefined ? undefined : context.functionName();
}
