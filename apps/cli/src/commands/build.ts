import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import { buildOptions } from './build-options.ts';
import { codeOptions } from './code-options.ts';
import { stackOptions } from './stack-options.ts';

export const command: Command = {
  name: 'build',
  summary: 'Build functions into packages that run: dependencies, compilers, bundling. Deploys nothing.',
  details: 'The gateway builds, behind the same fence as functions run; no engine is needed anywhere.',
  arguments: [
    { name: '[NAME...]', says: 'functions of the stack file; all unless named', completes: 'function' },
  ],
  options: [
    ...stackOptions,
    ...codeOptions,
    ...buildOptions,
    { flags: '--shrinkwrap', says: 'only write what would be built to ./build/NAME' },
    { flags: '-v, --verbose', says: 'show what the tools say' },
    dryRunOption,
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['build', 'every function of stack.yaml'],
    ['build hello -v', 'one of them, with the log'],
    ['build hello --handler ./hello --lang python', 'without a stack file'],
  ],
  exits: [4, 5],
  related: ['up', 'deploy', 'push'],
  async run(context) {
    if (context.options.flag('dryRun')) {
      const { wouldBuild } = await import('../building/would-build.ts');
      return wouldBuild(context, false);
    }
    const { stackOrFlags } = await import('../building/stack-or-flags.ts');
    const stack = await stackOrFlags(context);
    if (context.options.flag('shrinkwrap')) {
      const { shrinkwrap } = await import('../building/shrinkwrap.ts');
      return shrinkwrap(stack, context);
    }
    const { runStack } = await import('../deploying/run-stack.ts');
    return runStack(stack, context, { push: false, deploy: 'no' });
  },
};
