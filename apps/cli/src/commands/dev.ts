import { type Command, namespaceOption, targetOptions } from '../command.ts';
import { buildOptions } from './build-options.ts';
import { codeOptions } from './code-options.ts';
import { deployOptions } from './deploy-options.ts';
import { stackOptions } from './stack-options.ts';

export const command: Command = {
  name: 'dev',
  summary: 'Deploy functions and deploy them again whenever a file changes; shows their logs and calls.',
  details:
    'Starts a gateway where none runs. What does not start is shown, and the last good version goes on serving.',
  putsAway: true, // the gateway that it started
  arguments: [{ name: '[NAME]', says: 'one function of the stack file', completes: 'function' }],
  options: [
    ...stackOptions,
    ...codeOptions,
    ...buildOptions,
    ...deployOptions,
    {
      flags: '--inspect [WHEN]',
      says: 'let a debugger in on this machine; =wait holds the code until one is there',
    },
    { flags: '--inspect-port <PORT>', says: 'where it listens: 9229 for Node, 5678 for Python' },
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['dev', 'every function of stack.yaml'],
    ['dev hello', 'one of them'],
    ['dev hello --inspect', 'with a debugger'],
  ],
  exits: [4, 5],
  related: ['up', 'new', 'logs'],
  async run(context) {
    const { develop } = await import('../developing/develop.ts');
    return develop(context);
  },
};
