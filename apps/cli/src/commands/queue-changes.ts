import { defaultNamespace } from '@wherry/core/names';
import type { Client } from '@wherry/wire/client';
import { ClientError } from '@wherry/wire/client-error';
import type { QueueChange, QueuedCall } from '@wherry/wire/queued-calls';
import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { notThere, usageError } from '../failures.ts';
import { laneArgument, shellWord } from './lane-names.ts';

/** What the gateway lists at once at most. */
const pageOf = 1_000;

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
    options: [
      { flags: '--all', says: 'of every function, with -n of those of a namespace' },
      dryRunOption,
      namespaceOption,
      ...targetOptions,
    ],
    examples: [
      [`queue ${what} resize`, 'all of one function'],
      [`queue ${what} 0190f0c2-…`, 'one call'],
      [`queue ${what} --all -n team-a`, 'all of a namespace'],
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
          const meant = await meantBy(what, wish, client);
          if (meant === 0 && wish.all !== true) throw await nothing(what, wish, client);
          return `${what} ${meant} ${meant === 1 ? 'call' : 'calls'}`;
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

/** How many calls it would be, as the gateway chooses them. */
async function meantBy(
  what: 'cancel' | 'redrive' | 'discard',
  { ids, function: name, namespace, lane }: QueueChange,
  client: Client,
): Promise<number> {
  const states = what === 'cancel' ? ['waiting', 'running'] : ['dead'];
  let meant = 0;
  for (const id of ids ?? []) {
    const call = await callOf(id, client);
    if (call !== undefined && states.includes(call.state)) meant += 1;
  }
  if (ids !== undefined) return meant;
  for (const state of states)
    for (let last: QueuedCall | undefined, further = true; further; ) {
      const page = await client.listQueued({
        ...(name === undefined ? {} : { function: name }),
        ...(namespace === undefined ? {} : { namespace }),
        ...(lane === undefined ? {} : { lane }),
        state,
        limit: pageOf,
        ...(last === undefined ? {} : { before: last.id }),
      });
      // Of many at once none is tried again whose place another call took.
      meant += page.filter(({ editedAs }) => what !== 'redrive' || editedAs === undefined).length;
      last = page.at(-1);
      further = page.length === pageOf;
    }
  return meant;
}

/** One call, however many came after it; undefined where it is not known, or was never queued. */
async function callOf(id: string, client: Client): Promise<QueuedCall | undefined> {
  try {
    return (await client.readCall(id)).call;
  } catch (error) {
    if (error instanceof ClientError && error.status === 404) return undefined;
    throw error;
  }
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
  const namespace = context.options.text('namespace');
  if (context.options.flag('all')) return { all: true, ...(namespace === undefined ? {} : { namespace }) };
  throw usageError('it is not said which calls', 'Name a function or a call, or say --all');
}
