import { packageDigest } from '@wherry/core/packages';
import { type Command, namespaceOption, targetOptions } from '../command.ts';
import { suggesting } from './suggesting.ts';

export const command: Command = {
  name: 'remove',
  aliases: ['rm', 'delete'],
  summary: 'Remove a function. Its logs and calls stay as long as others do.',
  arguments: [{ name: '[NAME]', says: 'the function, NAME or NAME.NAMESPACE', completes: 'function' }],
  options: [
    { flags: '--name <NAME>', says: 'the function', hidden: true },
    namespaceOption,
    ...targetOptions,
  ],
  examples: [['remove hello', 'it is gone, without a question']],
  exits: [3, 4, 5],
  related: ['deploy', 'list'],
  async run(context) {
    const name = context.functionName();
    const image = await context.ask('Removing', (client) =>
      suggesting(client, name, async () => {
        // Only for saying how to get it back.
        const before = await client.readFunction(name).catch(() => undefined);
        await client.remove(name);
        return before?.image;
      }),
    );
    const { output } = context;
    await output.result({ ...name, removed: true }, () => `Removed ${name.name}`);
    const source =
      image === undefined || packageDigest(image) !== undefined ? '--from PATH' : `--image ${image}`;
    output.note(`Deploy it again: wherry deploy ${name.name} ${source}`);
  },
};
