import type { FunctionState } from '@wherry/wire/function-state';
import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import { usageError } from '../failures.ts';
import { counted } from '../output/quantities.ts';
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
    const asked = counted(count, 'instance');
    const scaled = await context.change({
      label: 'Scaling',
      work: (client) =>
        suggesting(client, name, async () => {
          await client.scale(name, count);
          // OpenFaaS's own gateways have no state to read; then what was asked for is all that is known.
          return client.readState(name).catch(() => undefined);
        }),
      look: (client) =>
        suggesting(client, name, async () => {
          const { replicas } = await client.readFunction(name);
          return `ask for ${asked} of ${name.name}, which has ${replicas}`;
        }),
    });
    if (scaled === undefined) return;
    const bound = boundOf(count, scaled.done);
    await context.output.result({ ...name, replicas: bound?.count ?? count }, () =>
      bound === undefined
        ? `${name.name}: ${asked} asked for`
        : `${name.name}: ${asked} asked for, and it gets ${bound.why}`,
    );
    context.output.note(`See it happen: wherry describe ${name.name}`);
  },
};

/** How many it gets instead, where its limits do not let it have as many as were asked for. */
function boundOf(
  asked: number,
  state: FunctionState | undefined,
): { readonly count: number; readonly why: string } | undefined {
  if (state === undefined || asked === 0) return undefined;
  const { least, max } = state.policy;
  if (asked > max) return { count: max, why: `${max}: more it never has (label com.openfaas.scale.max)` };
  return asked < least
    ? { count: least, why: `${least}: fewer it never has (label com.openfaas.scale.min)` }
    : undefined;
}
