import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import { dotted } from '../deploying/deployed.ts';
import { triedVersion } from '../deploying/trial.ts';
import { suggesting } from './suggesting.ts';

export const command: Command = {
  name: 'abort',
  summary: 'End the trial of a version: the live one takes all calls again.',
  details: 'The version that was tried is kept, and can be looked at as NAME@NUMBER.',
  arguments: [{ name: '<NAME>', says: 'the function, NAME or NAME.NAMESPACE', completes: 'function' }],
  options: [dryRunOption, namespaceOption, ...targetOptions],
  examples: [['abort hello', 'the trial went badly']],
  exits: [3, 4, 5],
  related: ['promote', 'canary', 'versions', 'logs'],
  async run(context) {
    const name = context.functionName();
    const spelt = dotted(name);
    const aborted = await context.change({
      label: 'Ending the trial',
      work: (client) => suggesting(client, name, () => client.abort(name)),
      look: (client) =>
        suggesting(client, name, async () => {
          const list = await client.listVersions(name);
          return `end the trial of version ${triedVersion(list)} of ${spelt}; version ${list.live} takes all calls`;
        }),
    });
    if (aborted === undefined) return;
    const { live } = aborted.done;
    await context.output.result(aborted.done, () => `${name.name}: version ${live} takes all calls`);
    context.output.note(`\nSee what went wrong: wherry calls ${spelt}, wherry logs ${spelt}`);
  },
};
