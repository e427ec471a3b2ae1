import type { VersionList } from '@wherry/wire/versions';
import { type Command, namespaceOption, targetOptions } from '../command.ts';
import { dotted } from '../deploying/deployed.ts';
import { failedDeployText, versionTable } from '../output/version-table.ts';
import { suggesting } from './suggesting.ts';

export const command: Command = {
  name: 'versions',
  summary: 'Show the versions of a function: which is live, what changed, who takes the calls.',
  details:
    'Of each variable, label and limit that changed the name is shown, never the value. Calls are counted since the gateway started.\n' +
    'A version is called as NAME@NUMBER.',
  arguments: [{ name: '<NAME>', says: 'the function, NAME or NAME.NAMESPACE', completes: 'function' }],
  options: [namespaceOption, ...targetOptions],
  examples: [
    ['versions hello', 'all that are kept, the newest first'],
    ['versions hello -o json', 'for programs'],
  ],
  exits: [3, 4, 5],
  related: ['rollback', 'canary', 'alias', 'calls'],
  async run(context) {
    const name = context.functionName();
    const list = await context.ask('Reading the versions', (client) =>
      suggesting(client, name, () => client.listVersions(name)),
    );
    const { output } = context;
    await output.result(list, () => versionTable(list, output.style, Date.now(), output.out.columns));
    const failed = failedDeployText(list, Date.now());
    if (failed !== undefined) output.note(`\n${failed}`);
    output.note(`\n${nextSteps(list)}`);
  },
};

function nextSteps(list: VersionList): string {
  const name = dotted(list);
  if (list.canary !== undefined)
    return `Take it for all calls: wherry promote ${name}\nEnd the trial:         wherry abort ${name}`;
  const back =
    list.stepBack === undefined ? '' : `Go back to version ${list.stepBack}:  wherry rollback ${name}\n`;
  return `${back}Try the next on some calls:  wherry deploy ${name} --from PATH --canary 10`;
}
