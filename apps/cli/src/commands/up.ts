import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import { buildOptions } from './build-options.ts';
import { codeOptions } from './code-options.ts';
import { deployOptions } from './deploy-options.ts';
import { noteRegistries } from './push.ts';
import { stackOptions } from './stack-options.ts';

export const command: Command = {
  name: 'up',
  summary: 'Build and deploy the functions of a stack file. What has not changed stays as it is.',
  arguments: [
    { name: '[NAME...]', says: 'functions of the stack file; all unless named', completes: 'function' },
  ],
  options: [
    ...stackOptions,
    ...codeOptions,
    ...buildOptions,
    ...deployOptions,
    { flags: '--skip-push', says: 'do not keep the packages under the names of their images' },
    { flags: '--skip-deploy', says: 'only build' },
    { flags: '--watch', says: 'go on, and do it again whenever a file changes: wherry dev' },
    { flags: '--publish', says: 'accepted: it is what happens anyway', hidden: true },
    { flags: '--dotenv <FILE>', says: 'accepted', hidden: true },
    { flags: '-v, --verbose', says: 'show what the tools say' },
    dryRunOption,
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['up', 'every function of stack.yaml'],
    ['up hello', 'one of them'],
    ['up -f shop.yml --filter "shop-*"', 'some of another file'],
  ],
  exits: [4, 5, 6, 7],
  related: ['new', 'dev', 'invoke', 'logs'],
  async run(context) {
    const { options, output } = context;
    if (options.flag('dryRun')) {
      const { wouldBuild } = await import('../building/would-build.ts');
      return wouldBuild(context, !options.flag('skipPush'));
    }
    if (options.flag('watch')) {
      const { develop } = await import('../developing/develop.ts');
      return develop(context);
    }
    const [{ stackOrFlags }, { runStack }] = await Promise.all([
      import('../building/stack-or-flags.ts'),
      import('../deploying/run-stack.ts'),
    ]);
    const stack = await stackOrFlags(context);
    const push = !options.flag('skipPush');
    if (push) noteRegistries(stack, context);
    const deploy = options.flag('skipDeploy') ? 'no' : 'changed';
    const code = await runStack(stack, context, { push, deploy });
    const [first] = stack.functions;
    if (code === 0 && deploy !== 'no' && first !== undefined)
      output.note(
        `\n  Call it:      wherry invoke ${first.name} -d "hello"\n  See its log:  wherry logs ${first.name} -f`,
      );
    return code;
  },
};
