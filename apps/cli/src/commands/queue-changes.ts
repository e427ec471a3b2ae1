import { defaultNamespace } from '@wherry/core/names';
import type { Client } from '@wherry/wire/client';
import type { QueueChange } from '@wherry/wire/queued-calls';
import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { notThere, usageError } from '../failures.ts';
import { laneArgument, shellWord } from './lane-names.ts';

/** What can be done with calls in the queue: `cancel` with those that wait or run, the others with those that failed for good. */
export function changing(what: 'cancel' | 'redrive' | 'discard', summary: string, done: string): Command {
  return {
    name: what,
    summary,
    arguments: [
      {
        name: '[NAME|ID]',
        says: 'a function, a lane such as "channel ops", or one call',
        completes: 'function',
      },
    ],
    options: [{ flags: '--all', says: 'of every function' }, dryRunOption, namespaceOption, ...targetOptions],
    examples: [
      [`queue ${what} resize`, 'all of one function'],
      [`queue ${what} 0190f0c2-…`, 'one call'],
    ],
    exits: [3, 4, 5],
    async run(context) {
      const wish = wishOf(context);
      const changed = await context.change({
        label: done,
        async work(client) {
          const done = await client[what === 'cancel' ? 'cancelQueued' : what](wish);
          if (done.ids.length === 0 && wish.all !== true) throw await nothing(what, wish, client);
          return done;
        },
        async look(client) {
          const { function: name, namespace, lane } = wish;
          const dead = await client.listQueued({
            state: what === 'cancel' ? 'waiting' : 'dead',
            ...{ function: name, namespace, lane, limit: 1000 },
          });
          const meant = dead.filter(
            ({ id, alias }) =>
              wish.ids === undefined || wish.ids.includes(id) || wish.ids.includes(alias ?? id),
          );
          if (meant.length === 0 && wish.all !== true) throw await nothing(what, wish, client);
          return `${what} ${meant.length} ${meant.length === 1 ? 'call' : 'calls'}`;
        },
      });
      if (changed === undefined) return;
      const { ids } = changed.done;
      const calls = ids.length === 1 ? '1 call' : `${ids.length} calls`;
      await context.output.result({ ids }, () => `${done} ${calls}`);
      if (ids.length === 0) context.output.note('See which there are: wherry queue list');
    },
  };
}

/** Whoever names something that has nothing has probably named something else. */
async function nothing(
  what: 'cancel' | 'redrive' | 'discard',
  { ids, lane, function: name, namespace }: QueueChange,
  client: Client,
): Promise<Error> {
  const named = ids?.[0] ?? lane ?? (namespace === defaultNamespace ? name : `${name}.${namespace}`) ?? '';
  const channel = `channel ${name}`;
  const meant = (await client.listLanes()).some((one) => one.lane === channel) ? channel : undefined;
  const kind = what === 'cancel' ? 'call that waits or runs' : 'dead letter';
  return notThere(
    `${kind} ${ids === undefined ? 'of ' : ''}${named}`,
    meant === undefined
      ? `See which there are: wherry queue list${what === 'cancel' ? '' : ' --state dead'}`
      : `Messages to the channel: wherry queue ${what} ${shellWord(meant)}`,
  );
}

const isId = (text: string): boolean => /^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(text);

export function nameIn(context: Context): { name: string; namespace: string } | undefined {
  return context.args[0] === undefined ? undefined : context.functionName();
}

function wishOf(context: Context): QueueChange {
  const [first] = context.args;
  if (first !== undefined && isId(first)) return { ids: [first] };
  const lane = laneArgument(first);
  if (lane !== undefined) return { lane };
  const name = nameIn(context);
  if (name !== undefined) return { function: name.name, namespace: name.namespace };
  if (context.options.flag('all')) return { all: true };
  throw usageError('it is not said which calls', 'Name a function or a call, or say --all');
}
