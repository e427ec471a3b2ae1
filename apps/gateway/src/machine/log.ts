/** The gateway's own log: on standard error, a line each; for people at a terminal, JSON for everything else. */
export interface Log {
  info(message: string): void;
  problem(message: string): void;
}

export function standardLog(out: NodeJS.WriteStream = process.stderr): Log {
  const write = (level: 'info' | 'problem', message: string): void => {
    const at = new Date().toISOString();
    out.write(
      out.isTTY
        ? `${level === 'info' ? '' : '! '}${plain(message)}\n`
        : `${JSON.stringify({ at, level, message })}\n`,
    );
  };
  return { info: (message) => write('info', message), problem: (message) => write('problem', message) };
}

/** What others wrote must not steer a terminal. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
  return text.replace(/[\0-\x09\x0b-\x1f\x7f-\x9f]/g, '·');
}
