import { defaultNamespace, type FunctionName } from '@wherry/core/names';
import { packageDigest } from '@wherry/core/packages';
import { ClientError } from '@wherry/wire/client-error';
import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { stackOptions } from './stack-options.ts';
import { suggesting } from './suggesting.ts';

export const command: Command = {
  name: 'remove',
  aliases: ['rm', 'delete'],
  summary: 'Remove a function, or all functions of a stack file. Logs and calls stay as long as others do.',
  arguments: [{ name: '[NAME]', says: 'the function, NAME or NAME.NAMESPACE', completes: 'function' }],
  options: [
    { flags: '--name <NAME>', says: 'the function', hidden: true },
    dryRunOption,
    ...stackOptions,
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['remove hello', 'it is gone, without a question'],
    ['remove -f stack.yaml', 'every function of that stack'],
  ],
  exits: [3, 4, 5],
  related: ['deploy', 'list'],
  async run(context) {
    if (context.options.text('yaml') !== undefined) return removeStack(context);
    const name = context.functionName();
    if (context.options.flag('dryRun')) return wouldRemove(context, [name]);
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

/** Those of the stack that are deployed; one that is gone already is what was wanted. */
async function removeStack(context: Context): Promise<void> {
  const { openStack } = await import('../deploying/stack.ts');
  const stack = await openStack(context, context.options.text('yaml') ?? '');
  const asked = context.options.text('namespace');
  const names = stack.functions.map(({ name, namespace }) => ({
    name,
    namespace: asked ?? namespace ?? defaultNamespace,
  }));
  if (context.options.flag('dryRun')) return wouldRemove(context, names);
  const removed = await context.ask(
    'Removing',
    async (client) => {
      const gone: FunctionName[] = [];
      for (const name of names) {
        try {
          await client.remove(name);
          gone.push(name);
        } catch (error) {
          if (!(error instanceof ClientError) || error.status !== 404) throw error;
          context.output.note(`${name.name} was not deployed`);
        }
      }
      return gone;
    },
    { gateway: stack.gateway },
  );
  await context.output.result(removed, () => removed.map(({ name }) => `Removed ${name}`).join('\n'));
}

async function wouldRemove({ output }: Context, names: readonly FunctionName[]): Promise<void> {
  await output.result(names, () => names.map(({ name }) => `Would remove ${name}`).join('\n'));
}
