import type { FunctionName } from '@wherry/core/names';
import { defaultNamespace } from '@wherry/core/names';
import type { Client } from '@wherry/wire/client';
import { ClientError } from '@wherry/wire/client-error';
import type { FunctionState } from '@wherry/wire/function-state';
import type { FunctionStatus } from '@wherry/wire/function-status';
import type { ScalingDecision } from '@wherry/wire/scaling';
import { type Command, namespaceOption, targetOptions } from '../command.ts';
import { describeText } from '../output/description.ts';
import { suggesting } from './suggesting.ts';

/** What `describe` shows: the contract's answer, with ours beside it where the gateway is ours. */
export interface Description {
  readonly url: string;
  readonly function: FunctionStatus;
  readonly state?: FunctionState;
  /** The last decisions over its instances, newest first. */
  readonly scaling?: readonly ScalingDecision[];
}

const shownDecisions = 5;

export const command: Command = {
  name: 'describe',
  summary: 'Show everything about one function: how it is, and why.',
  arguments: [{ name: '[NAME]', says: 'the function, NAME or NAME.NAMESPACE', completes: 'function' }],
  options: [
    { flags: '--name <NAME>', says: 'the function', hidden: true },
    { flags: '-v, --verbose', says: 'also every label and annotation', hidden: true },
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['describe hello', 'status, instances, limits, last exits'],
    ['describe hello -o json', 'for programs'],
  ],
  exits: [3, 4, 5],
  related: ['logs', 'calls', 'scaling', 'versions', 'list'],
  async run(context) {
    const name = context.functionName();
    const described = await context.ask('Asking', (client) =>
      suggesting(client, name, () => describe(client, name)),
    );
    const { output } = context;
    await output.result(described, () => describeText(described, output.style, Date.now()));
  },
};

async function describe(client: Client, name: FunctionName): Promise<Description> {
  const [status, state, scaling] = await Promise.all([
    client.readFunction(name),
    ours(client.readState(name)),
    ours(client.readScaling(name, { limit: shownDecisions })),
  ]);
  const dotted = name.namespace === defaultNamespace ? name.name : `${name.name}.${name.namespace}`;
  return {
    url: `${client.target.url}/function/${dotted}`,
    function: status,
    ...(state === undefined ? {} : { state }),
    ...(scaling === undefined ? {} : { scaling }),
  };
}

/** Other gateways don't know these questions. */
async function ours<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ClientError && error.status === 404) return undefined;
    throw error;
  }
}
