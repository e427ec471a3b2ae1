import type { OptionSpec } from '../command.ts';

/** For every command that reads a stack file. */
export const stackOptions: readonly OptionSpec[] = [
  { flags: '-f, --yaml <FILE>', says: 'a stack file; stack.yaml or stack.yml where nothing else is named' },
  { flags: '--filter <PATTERN>', says: 'functions of the stack whose names match, such as "shop-*"' },
  { flags: '--regex <EXPRESSION>', says: 'the same, with a regular expression' },
  { flags: '--no-envsubst', says: 'leave ${VARIABLES} of the stack file as they stand' },
  { flags: '--envsubst', says: 'put them in, as always unless told otherwise', hidden: true },
];
