import type { LogLevel } from '@wherry/core/rules/log-level';
import type { GatewayLogLine } from '@wherry/wire/gateway-log';

/** The gateway's own log, for who looks after it. */
export interface Log {
  info(message: string): void;
  problem(message: string): void;
  /** Its latest lines, oldest first. */
  readonly latest: readonly GatewayLogLine[];
}

/** A line with what is known of it. Never a credential, a query or a body of a call. */
export interface LogEntry {
  readonly level: LogLevel;
  /** Who says it: `gateway`, `access`, or `function`. */
  readonly component: 'gateway' | 'access' | 'function';
  readonly message: string;
  /** `NAME.NAMESPACE`. */
  readonly function?: string;
  readonly version?: number;
  readonly instance?: string;
  readonly call?: string;
  readonly trace?: string;
  readonly [more: string]: string | number | undefined;
}

/** What is held of it for the dashboard. */
const mostHeld = 1_000;
const mostText = 4_000;

export function logOf(write: (entry: LogEntry) => void): Log {
  const latest: GatewayLogLine[] = [];
  const say = (level: GatewayLogLine['level'], message: string): void => {
    latest.push({ at: new Date().toISOString(), level, message: message.slice(0, mostText) });
    if (latest.length > mostHeld) latest.shift();
    write({ level: level === 'info' ? 'info' : 'error', component: 'gateway', message });
  };
  return {
    latest,
    info: (message) => say('info', message),
    problem: (message) => say('problem', message),
  };
}

/** One line of JSON; time, level, component and message first, as people look for them there. */
export function jsonOf({ level, component, message, ...rest }: LogEntry, at: number): string {
  return `${JSON.stringify({ time: new Date(at).toISOString(), level, component, message, ...rest })}\n`;
}

/** The same for people. */
export function textOf({ level, component, message, function: of, instance }: LogEntry): string {
  const who = component === 'function' ? `${plain(`${of} ${instance}`)} | ` : '';
  // What a function writes is one line each; our own messages may have several.
  const said = component === 'function' ? plain(message).replaceAll('\n', '·') : plain(message);
  return `${level === 'error' && component === 'gateway' ? '! ' : ''}${who}${said}\n`;
}

/** What others wrote must not steer a terminal. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
  return text.replace(/[\0-\x09\x0b-\x1f\x7f-\x9f]/g, '·');
}
