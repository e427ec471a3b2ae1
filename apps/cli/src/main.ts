// The program `wherry`: a server, or one command.
export {};

const argv = process.argv.slice(2);

// A server lives long: it is spared everything that only commands need.
process.exitCode = asksForServer() ? await serve() : await command();
process.exit();

function asksForServer(): boolean {
  return argv[0] === 'server' && !argv.includes('--help') && !argv.includes('-h');
}

async function serve(): Promise<number> {
  const [{ serve }, { environment }] = await Promise.all([
    import('./commands/server.ts'),
    import('./config/environment.ts'),
  ]);
  return serve(argv.slice(1), environment());
}

async function command(): Promise<number> {
  const { commandLine } = await import('./command-line.ts');
  return commandLine(argv);
}
