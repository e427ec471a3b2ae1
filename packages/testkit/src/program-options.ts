/** Reads what a program of ours was started with; where it is nothing that `read` knows, the program ends with two lines that say so. */
export function programOptions<T>(command: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')) throw error;
    process.stderr.write(`${(error as Error).message}\n${command} -- --help says what there is\n`);
    process.exit(2);
  }
}
