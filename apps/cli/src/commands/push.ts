import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import type { Stack } from '@wherry/stack/stack-file';
import { buildOptions } from './build-options.ts';
import { stackOptions } from './stack-options.ts';

export const command: Command = {
  name: 'push',
  summary: 'Keep the packages of a stack in the gateway’s catalogue, under the names of their images.',
  details:
    'Whoever deploys with that name of an image then gets the package. Pushing to a registry comes with images.',
  arguments: [
    { name: '[NAME...]', says: 'functions of the stack file; all unless named', completes: 'function' },
  ],
  options: [...stackOptions, ...buildOptions, dryRunOption, namespaceOption, ...targetOptions],
  examples: [['push', 'every function of stack.yaml']],
  exits: [4, 5],
  related: ['build', 'image', 'up'],
  run: (context) => pushAll(context),
};

/** Builds what is not built yet, and names it. */
export async function pushAll(context: Context): Promise<number | void> {
  if (context.options.flag('dryRun')) {
    const { wouldBuild } = await import('../building/would-build.ts');
    return wouldBuild(context, true);
  }
  const [{ stackOrFlags }, { runStack }] = await Promise.all([
    import('../building/stack-or-flags.ts'),
    import('../deploying/run-stack.ts'),
  ]);
  const stack = await stackOrFlags(context);
  noteRegistries(stack, context);
  return runStack(stack, context, { push: true, deploy: 'no' });
}

/** A name may name a registry; nothing is sent there. */
export function noteRegistries({ functions }: Stack, { output }: Context): void {
  const hosts = functions.map(({ image }) => /^([^/]+\.[^/]+|localhost(?::\d+)?)\//.exec(image ?? '')?.[1]);
  const named = [...new Set(hosts.filter((host) => host !== undefined))];
  if (named.length > 0)
    output.note(
      `Kept by the gateway under these names; nothing is sent to ${named.join(', ')}: that comes with images`,
    );
}
