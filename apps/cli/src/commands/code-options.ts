import type { OptionSpec } from '../command.ts';

/** For commands that take the code of one function without a stack file. */
export const codeOptions: readonly OptionSpec[] = [
  { flags: '--handler <PATH>', says: 'the code of a function that is in no stack file' },
  { flags: '--lang <LANGUAGE>', says: 'its language; told from the code unless given' },
  { flags: '--image <NAME>', says: 'the name it shall be known by' },
  { flags: '--name <NAME>', says: 'the function', hidden: true },
];
