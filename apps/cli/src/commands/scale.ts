import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import { usageError } from '../failures.ts';
import { suggesting } from './suggesting.ts';

export const command: Command = {
  name: 'scale',
  summary: 'Ask for a number of instances of a function.',
  arguments: [
    { name: '<NAME>', says: 'the function, NAME or NAME.NAMESPACE', completes: 'function' },
    { name: '<COUNT>', says: 'how many; 0 puts it to sleep until the next call' },
  ],
  options: [dryRunOption, namespaceOption, ...targetOptions],
  examples: [
    ['scale hello 3', 'three instances'],
    ['scale hello 0', 'none, until somebody calls'],
  ],
  exits: [3, 4, 5],
  related: ['scaling', 'describe', 'list'],
  async run(context) {
    const name = context.functionName();
    const text = context.args[1] ?? '';
    if (!/^\d{1,4}$/.test(text))
      throw usageError(
        `${JSON.stringify(text)} is not a number of instances`,
        'Write it as wherry scale NAME 3',
      );
    const count = Number(text);
    const asked = count === 1 ? '1 instance' : `${count} instances`;
    const scaled = await context.change({
      label: 'Scaling',
      work: (client) => suggesting(client, name, () => client.scale(name, count)),
      look: (client) =>
        suggesting(client, name, async () => {
          const { replicas } = await client.readFunction(name);
          return `ask for ${asked} of ${name.name}, which has ${replicas}`;
        }),
    });
    if (scaled === undefined) return;
    await context.output.result({ ...name, replicas: count }, () => `${name.name}: ${asked} asked for`);
    context.output.note(`See it happen: wherry describe ${name.name}`);
  },
};
