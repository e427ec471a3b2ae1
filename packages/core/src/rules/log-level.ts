import type { LogLine } from '../log-line.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

const levelOfWord: Readonly<Record<string, LogLevel>> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  severe: 'error',
  critical: 'error',
  fatal: 'error',
  panic: 'error',
};
const words = Object.keys(levelOfWord).join('|');
/** `"level":"warn"` and `level=warn`, as structured loggers write it. */
const field = new RegExp(`["']?\\b(?:level|severity|lvl)["']?\\s{0,3}[:=]\\s{0,3}["']?(${words})\\b`, 'i');
/** A word of its own near the begin, in capitals or with a mark beside it: `ERROR x`, `[warn] x`, `2026-01-31 12:00:00,123 - root - INFO - x`, `Error: x`. */
const capital = new RegExp(`(?:^|[\\s[(|<-])(${words.toUpperCase()})(?=$|[\\s\\]):|>,-])`);
const marked = new RegExp(`^\\s{0,3}(?:\\[(${words})\\]|(${words}):)`, 'i');
/** What loggers of numbers write (pino, bunyan): tens, from trace to fatal. */
const number = /"level":\s?([1-6])0\b/;

/** Only so much of a line is looked at: a level stands in front. */
const looked = 200;

/** How bad a line says it is. What says nothing is `error` on stderr, where traces of uncaught errors go, and `info` elsewhere. */
export function levelOf({ stream, text }: Pick<LogLine, 'stream' | 'text'>): LogLevel {
  if (stream === 'mark') return 'info';
  const head = text.length > looked ? text.slice(0, looked) : text;
  const word = (field.exec(head) ?? marked.exec(head) ?? capital.exec(head))?.slice(1).find(Boolean);
  if (word !== undefined) return levelOfWord[word.toLowerCase()] ?? 'info';
  const tens = number.exec(head)?.[1];
  if (tens !== undefined)
    return (['debug', 'debug', 'info', 'warn', 'error', 'error'] as const)[Number(tens) - 1]!;
  return stream === 'stderr' ? 'error' : 'info';
}
