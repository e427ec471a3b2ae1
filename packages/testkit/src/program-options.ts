import { parseArgs, type ParseArgsConfig } from 'node:util';

/** What a program of ours was started with; one that nobody knows ends it with a line that says so. */
export function programOptions<T extends ParseArgsConfig>(
  command: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')) throw error;
    process.stderr.write(`${(error as Error).message}\n${command} -- --help says what there is\n`);
    process.exit(2);
  }
}
