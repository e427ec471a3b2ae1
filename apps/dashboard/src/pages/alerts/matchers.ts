import type { AlertInfo } from '@wherry/wire/alert-lists';

/** What a silence may hold. */
const mostMatchers = 10;
const longestValue = 256;

/** Which alerts are meant, as silences say it: this one, whatever its severity is then. */
export function matchersOf({ rule, series }: Pick<AlertInfo, 'rule' | 'series'>): readonly string[] {
  return Object.entries({ alertname: rule, ...series })
    .filter(([, value]) => value.length <= longestValue)
    .slice(0, mostMatchers)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
}

/** One a line. */
export const matchersIn = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
