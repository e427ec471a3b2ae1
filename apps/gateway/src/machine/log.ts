import type { LogLevel } from '@wherry/core/rules/log-level';

/** The gateway's own log, for who looks after it. */
export interface Log {
  info(message: string): void;
  problem(message: string): void;
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

export function logOf(write: (entry: LogEntry) => void): Log {
  return {
    info: (message) => write({ level: 'info', component: 'gateway', message }),
    problem: (message) => write({ level: 'error', component: 'gateway', message }),
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
