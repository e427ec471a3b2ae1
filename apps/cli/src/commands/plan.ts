import { defaultNamespace, fullName } from '@wherry/core/names';
import type { Stack, StackFunction } from '@wherry/stack/stack-file';
import type { Client } from '@wherry/wire/client';
import type { FunctionDeployment } from '@wherry/wire/deployment';
import type { FunctionStatus } from '@wherry/wire/function-status';
import { type Command, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import type { Change } from '../deploying/difference.ts';
import { localError } from '../failures.ts';
import { stackOptions } from './stack-options.ts';

/** What deploying a stack would do to one of its functions. */
interface Planned {
  readonly name: string;
  readonly namespace: string;
  readonly action: 'create' | 'change' | 'nothing';
  readonly changes: readonly Change[];
}

/** `--exit-code`: something would change. */
const differs = 9;

export const command: Command = {
  name: 'plan',
  aliases: ['diff'],
  summary: 'Show what deploying a stack file would change. Nothing is changed.',
  options: [
    ...stackOptions,
    { flags: '-n, --namespace <NAME>', says: 'namespace of all its functions', group: 'target' },
    { flags: '--env <SIDE>', says: 'accepted: both sides are compared', hidden: true },
    { flags: '--tag <FORMAT>', says: 'accepted: there are no images to tag', hidden: true },
    { flags: '--exit-code', says: `end with ${differs} where something would change` },
    ...targetOptions,
  ],
  examples: [
    ['plan', 'stack.yaml against what is deployed'],
    ['plan -f stack.yaml --exit-code', 'for a pipeline that watches for drift'],
  ],
  exits: [2, 4, 5, differs],
  related: ['deploy', 'list'],
  async run(context) {
    const { options, output } = context;
    const plan = await planOf(context);
    await output.result(plan, () => plan.map(shown).join('\n'));
    const changes = plan.filter(({ action }) => action !== 'nothing').length;
    if (changes > 0)
      output.note(
        `\nMake it so: wherry up${options.text('yaml') === undefined ? '' : ` -f ${options.text('yaml')}`}`,
      );
    else output.note('\nNothing would change.');
    return options.flag('exitCode') && changes > 0 ? differs : 0;
  },
};

async function planOf(context: Context): Promise<readonly Planned[]> {
  const [{ openStack, stackPath }, { difference }] = await Promise.all([
    import('../deploying/stack.ts'),
    import('../deploying/difference.ts'),
  ]);
  const path = stackPath(context);
  if (path === undefined)
    throw localError(
      'no_stack',
      'There is no stack file',
      'neither stack.yaml nor stack.yml is here',
      'Name one: wherry plan -f FILE',
    );
  const stack = await openStack(context, path);
  const { client } = await context.connect({ gateway: stack.gateway });
  const deployed = new Map<string, FunctionStatus>();
  const looked = new Set<string>();
  const plan: Planned[] = [];
  for (const fn of stack.functions) {
    const request = await asDeployed(client, fn, stack, context);
    const { service: name, namespace = '' } = request;
    if (!looked.has(namespace)) {
      looked.add(namespace);
      for (const one of await client.listFunctions(namespace))
        deployed.set(fullName({ name: one.name, namespace }), one);
    }
    const have = deployed.get(fullName({ name, namespace }));
    const changes = have === undefined ? [] : difference(request, have);
    const action = have === undefined ? 'create' : changes.length > 0 ? 'change' : 'nothing';
    plan.push({ name, namespace, action, changes });
  }
  return plan;
}

/** With the image that its build makes: building changes nothing that is deployed. */
async function asDeployed(
  client: Client,
  fn: StackFunction,
  stack: Stack,
  context: Context,
): Promise<FunctionDeployment> {
  const [{ prepare, wishesOf }, { buildPackage }] = await Promise.all([
    import('../deploying/prepared.ts'),
    import('../building/build-package.ts'),
  ]);
  const { request, packed } = await prepare(fn, stack, context);
  if (packed === undefined) return request;
  try {
    const name = { name: request.service, namespace: request.namespace ?? defaultNamespace };
    const quiet = { step: () => undefined, line: () => undefined };
    const { image } = await buildPackage(client, name, packed, await wishesOf(fn, stack, context), quiet);
    return { ...request, image };
  } finally {
    packed.archive.discard();
  }
}

const signs = { create: '+', change: '~', nothing: '=' } as const;

function shown({ name, action, changes }: Planned): string {
  const word = { create: 'is new', change: 'changes', nothing: 'stays as it is' }[action];
  const lines = changes.map(({ field, from, to }) => {
    if (from === undefined) return `    + ${field}: ${to}`;
    return to === undefined ? `    - ${field}: ${from}` : `    ~ ${field}: ${from} → ${to}`;
  });
  return [`${signs[action]} ${name} ${word}`, ...lines].join('\n');
}
