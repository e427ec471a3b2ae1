import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import { buildOptions } from './build-options.ts';
import { codeOptions } from './code-options.ts';
import { pushAll } from './push.ts';
import { stackOptions } from './stack-options.ts';

export const command: Command = {
  name: 'publish',
  summary: 'Build functions and keep them under the names of their images: build and push in one.',
  arguments: [
    { name: '[NAME...]', says: 'functions of the stack file; all unless named', completes: 'function' },
  ],
  options: [
    ...stackOptions,
    ...codeOptions,
    ...buildOptions,
    { flags: '-v, --verbose', says: 'show what the tools say' },
    dryRunOption,
    namespaceOption,
    ...targetOptions,
  ],
  examples: [['publish', 'every function of stack.yaml']],
  exits: [4, 5],
  related: ['build', 'push', 'up'],
  run: (context) => pushAll(context),
};
