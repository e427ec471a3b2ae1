import type { QueueChange } from '@wherry/wire/queued-calls';
import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failures.ts';

/** What can be done with calls in the queue: `cancel` with those that wait or run, the others with those that failed for good. */
export function changing(what: 'cancel' | 'redrive' | 'discard', summary: string, done: string): Command {
  return {
    name: what,
    summary,
    arguments: [{ name: '[NAME|ID]', says: 'a function, or one call', completes: 'function' }],
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
        work: (client) => client[what === 'cancel' ? 'cancelQueued' : what](wish),
        async look(client) {
          const { function: name, namespace } = wish;
          const dead = await client.listQueued({
            state: what === 'cancel' ? 'waiting' : 'dead',
            function: name,
            namespace,
            limit: 1000,
          });
          const meant = dead.filter(
            ({ id, alias }) =>
              wish.ids === undefined || wish.ids.includes(id) || wish.ids.includes(alias ?? id),
          );
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

const isId = (text: string): boolean => /^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(text);

export function nameIn(context: Context): { name: string; namespace: string } | undefined {
  return context.args[0] === undefined ? undefined : context.functionName();
}

function wishOf(context: Context): QueueChange {
  const [first] = context.args;
  if (first !== undefined && isId(first)) return { ids: [first] };
  const name = nameIn(context);
  if (name !== undefined) return { function: name.name, namespace: name.namespace };
  if (context.options.flag('all')) return { all: true };
  throw usageError('it is not said which calls', 'Name a function or a call, or say --all');
}
