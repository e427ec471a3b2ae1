import { parseSticky, stickyRule } from '@wherry/wire/version-requests';
import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import { dotted, provingMs } from '../deploying/deployed.ts';
import { percentOf, trialSteps } from '../deploying/trial.ts';
import { usageError } from '../failures.ts';
import { canaryText } from '../output/version-table.ts';
import { suggesting } from './suggesting.ts';

export const command: Command = {
  name: 'canary',
  summary: 'Change how many of the calls go to the version that is being tried.',
  details: 'A trial begins with wherry deploy NAME --from PATH --canary 10.',
  arguments: [
    { name: '<NAME>', says: 'the function, NAME or NAME.NAMESPACE', completes: 'function' },
    { name: '<PERCENT>', says: 'of its calls, 0 to 100; the live version takes the rest' },
  ],
  options: [
    { flags: '--sticky <WHAT>', says: 'whose calls stay together: client, header:NAME or cookie:NAME' },
    dryRunOption,
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['canary hello 25', 'a quarter of the calls'],
    ['canary hello 50 --sticky client', 'half of the clients'],
  ],
  exits: [3, 4, 5, 6],
  related: ['promote', 'abort', 'versions', 'deploy'],
  async run(context) {
    const name = context.functionName();
    const percent = percentOf(context.args[1] ?? '', 'wherry canary NAME 25');
    const sticky = context.options.text('sticky');
    if (sticky !== undefined && parseSticky(sticky) === undefined)
      throw usageError(`--sticky: ${JSON.stringify(sticky)} ${stickyRule}`, 'Write it as --sticky client');
    const changed = await context.change({
      label: 'Changing the share',
      work: (client) =>
        suggesting(client, name, () =>
          client.shareCanary(name, { percent, ...(sticky === undefined ? {} : { sticky }) }, provingMs),
        ),
      look: (client) =>
        suggesting(client, name, async () => {
          const { canary } = await client.listVersions(name);
          if (canary === undefined)
            throw usageError(
              `no version of ${name.name} is being tried`,
              `Try one: wherry deploy ${dotted(name)} --from PATH --canary ${percent}`,
            );
          return `give version ${canary.version} of ${name.name} ${percent} % of the calls, which has ${canary.percent} %`;
        }),
    });
    if (changed === undefined) return;
    const { canary } = changed.done;
    await context.output.result(
      changed.done,
      () => `${name.name}: ${canary === undefined ? 'no version is tried' : canaryText(canary)}`,
    );
    context.output.note(trialSteps(dotted(name)));
  },
};
