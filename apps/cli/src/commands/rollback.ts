import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import { usageError } from '../failures.ts';
import { dotted, provingMs } from '../deploying/deployed.ts';
import { suggesting } from './suggesting.ts';

export const command: Command = {
  name: 'rollback',
  summary: 'Make an earlier version of a function live again. No call fails on the way.',
  details:
    'Without --to it goes back to the version that was live before; done again, one further. While a version is tried beside the live one, it\n' +
    'ends that. The version starts first, and when it does not start, nothing changes. It keeps its number.',
  arguments: [{ name: '<NAME>', says: 'the function, NAME or NAME.NAMESPACE', completes: 'function' }],
  options: [
    { flags: '--to <VERSION>', says: 'the version; unless given, the one before' },
    dryRunOption,
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['rollback hello', 'to what was live before'],
    ['rollback hello --to 3', 'to version 3, earlier or later'],
  ],
  exits: [3, 4, 5, 6],
  related: ['versions', 'canary', 'deploy'],
  async run(context) {
    const name = context.functionName();
    const to = context.options.integer('to', '--to');
    if (to !== undefined && to < 1)
      throw usageError(
        `--to: ${to} is not a version`,
        `See which there are: wherry versions ${dotted(name)}`,
      );
    const rolled = await context.change({
      label: 'Starting the earlier version',
      work: (client) =>
        suggesting(client, name, async () => {
          const before = await client.listVersions(name).catch(() => undefined);
          return { before, after: await client.rollback(name, provingMs, to) };
        }),
      look: (client) =>
        suggesting(client, name, async () => {
          const { live, stepBack, versions } = await client.listVersions(name);
          const back = to ?? stepBack;
          if (back === undefined || versions.every(({ version }) => version !== back))
            throw usageError(
              back === undefined
                ? `no earlier version of ${name.name} is kept`
                : `${name.name} has no version ${back}`,
              `See which there are: wherry versions ${dotted(name)}`,
            );
          return back === live
            ? `leave version ${live} of ${name.name} live, and end what is tried beside it`
            : `make version ${back} of ${name.name} live in the place of version ${live}`;
        }),
    });
    if (rolled === undefined) return;
    const { before, after } = rolled.done;
    const tried =
      before?.canary === undefined ? '' : `; the trial of version ${before.canary.version} has ended`;
    await context.output.result(after, () => `${name.name}: version ${after.live} takes all calls${tried}`);
    const forth =
      before === undefined || before.live === after.live
        ? ''
        : `Take it back:      wherry rollback ${dotted(name)} --to ${before.live}\n`;
    context.output.note(`\n${forth}See the versions:  wherry versions ${dotted(name)}`);
  },
};
