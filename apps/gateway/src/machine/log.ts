import type { GatewayLogLine } from '@wherry/wire/gateway-log';

/** The gateway's own log: on standard error, a line each; for people at a terminal, JSON for everything else. */
export interface Log {
  info(message: string): void;
  problem(message: string): void;
  /** Its latest lines, oldest first. */
  readonly latest: readonly GatewayLogLine[];
}

/** What is held of it for the dashboard. */
const mostHeld = 1_000;
const mostText = 4_000;

export function standardLog(out: NodeJS.WriteStream = process.stderr): Log {
  const latest: GatewayLogLine[] = [];
  const write = (level: 'info' | 'problem', message: string): void => {
    const at = new Date().toISOString();
    latest.push({ at, level, message: message.slice(0, mostText) });
    if (latest.length > mostHeld) latest.shift();
    out.write(
      out.isTTY
        ? `${level === 'info' ? '' : '! '}${plain(message)}\n`
        : `${JSON.stringify({ at, level, message })}\n`,
    );
  };
  return {
    latest,
    info: (message) => write('info', message),
    problem: (message) => write('problem', message),
  };
}

/** What others wrote must not steer a terminal. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
  return text.replace(/[\0-\x09\x0b-\x1f\x7f-\x9f]/g, '·');
}
