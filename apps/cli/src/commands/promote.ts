import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import { dotted, provingMs } from '../deploying/deployed.ts';
import { triedVersion } from '../deploying/trial.ts';
import { suggesting } from './suggesting.ts';

export const command: Command = {
  name: 'promote',
  summary: 'Make the version that is being tried the live one: it takes all calls.',
  arguments: [{ name: '<NAME>', says: 'the function, NAME or NAME.NAMESPACE', completes: 'function' }],
  options: [dryRunOption, namespaceOption, ...targetOptions],
  examples: [['promote hello', 'the trial went well']],
  exits: [3, 4, 5, 6],
  related: ['abort', 'canary', 'versions', 'rollback'],
  async run(context) {
    const name = context.functionName();
    const spelt = dotted(name);
    const promoted = await context.change({
      label: 'Promoting',
      work: (client) => suggesting(client, name, () => client.promote(name, provingMs)),
      look: (client) =>
        suggesting(client, name, async () => {
          const list = await client.listVersions(name);
          return `make version ${triedVersion(list)} of ${spelt} live in the place of version ${list.live}`;
        }),
    });
    if (promoted === undefined) return;
    const { live } = promoted.done;
    await context.output.result(promoted.done, () => `${name.name}: version ${live} takes all calls`);
    context.output.note(`\nGo back: wherry rollback ${spelt}`);
  },
};
