import type { Client } from '@wherry/wire/client';
import { type ArgumentSpec, type Command, dryRunOption, targetOptions } from '../command.ts';

/** The command that takes one of something away by its name. */
export function removeCommand<Found, Done>(of: {
  /** As people call it: `channel`. */
  readonly thing: string;
  readonly summary: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly work: (client: Client, name: string) => Promise<Done>;
  /** Throws where there is none of that name. */
  readonly look: (client: Client, name: string) => Promise<Found>;
  /** What would be done, where that is more than that it goes. */
  readonly would?: (found: Found, name: string) => string;
  /** What was done, where that is more than that it is gone. */
  readonly said?: (done: Done, name: string) => string;
}): Command {
  return {
    ...{ name: 'remove', aliases: ['rm', 'delete'], summary: of.summary, arguments: of.arguments },
    ...{ options: [dryRunOption, ...targetOptions], exits: [3, 4, 5] },
    async run(context) {
      const name = context.args[0] ?? '';
      const removed = await context.change({
        label: `Removing the ${of.thing}`,
        work: (client) => of.work(client, name),
        async look(client) {
          const found = await of.look(client, name);
          return of.would?.(found, name) ?? `remove ${of.thing} ${name}`;
        },
      });
      if (removed === undefined) return;
      const said = of.said?.(removed.done, name) ?? `Removed ${name}`;
      await context.output.result({ name, removed: true, ...Object(removed.done) }, () => said);
    },
  };
}
