import type { LogLine } from '../log-line.ts';
import { levelOf, type LogLevel, logLevels } from './log-level.ts';

/** Which lines are wanted of those of a function; what is not named is not asked for. */
export interface LogFilter {
  readonly instance?: string;
  readonly version?: number;
  /** Both ends included; milliseconds since 1970. */
  readonly since?: number;
  readonly until?: number;
  /** Lines that contain it, whatever the case of its letters. */
  readonly text?: string;
  /** Lines at least as bad. */
  readonly level?: LogLevel;
}

/** The filter as one question, for archives and followers alike. Marks of ours pass whatever the text and level, since they tell of gaps and ends; but not those of beginnings, which would be most of the answer. */
export function logFilter(filter: LogFilter): (line: LogLine) => boolean {
  const { instance, version, since = -Infinity, until = Infinity } = filter;
  const text = filter.text?.toLowerCase();
  const least = filter.level === undefined ? 0 : logLevels.indexOf(filter.level);
  return (line) => {
    if (instance !== undefined && line.instance !== instance) return false;
    if (version !== undefined && line.deployment.version !== version) return false;
    if (line.at < since || line.at > until) return false;
    const fits = text === undefined || line.text.toLowerCase().includes(text);
    if (line.stream === 'mark') return !line.text.startsWith('started ') || (fits && least === 0);
    if (!fits) return false;
    return least === 0 || logLevels.indexOf(levelOf(line)) >= least;
  };
}
