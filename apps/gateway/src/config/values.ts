// How the text of a setting is understood. Each throws `bad_value` with the setting's name, and what would be understood.
import { durationMs, memoryBytes, wholeNumber } from '@wherry/core/rules/quantity';
import { WherryError } from '@wherry/core/errors';
import { printable } from '@wherry/core/names';

export const text = (value: string): string => value;
export const list = (value: string): readonly string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
export const port = (key: string) => (value: string) => wholeNumber(key, value, 0, 65_535);
export const duration = (key: string) => (value: string) => durationMs(key, value);
export const size = (key: string) => (value: string) => memoryBytes(key, value);

export function oneOf<const T extends string>(key: string, ...choices: readonly T[]): (value: string) => T {
  return (value) => {
    const choice = choices.find((one) => one === value);
    if (choice !== undefined) return choice;
    throw new WherryError('bad_value', `${key}: ${printable(value)} is not one of ${choices.join(', ')}`, {
      component: 'config',
    });
  };
}

export const share = (key: string) => (value: string) => {
  if (/^(?:0(?:\.\d{1,6})?|1(?:\.0+)?)$/.test(value)) return Number(value);
  throw new WherryError('bad_value', `${key}: ${printable(value)} is not from 0 to 1, such as 0.1`, {
    component: 'config',
  });
};

export function atLeast(key: string, value: string, leastMs: number): number {
  const ms = durationMs(key, value);
  if (ms >= leastMs) return ms;
  const least = leastMs === 60_000 ? 'a minute' : `${leastMs / 1000} s`;
  throw new WherryError('bad_value', `${key}: ${printable(value)} is less than ${least}`, {
    component: 'config',
  });
}

/** They are held in memory until they are written. */
export function captureSize(value: string): number {
  const bytes = memoryBytes('capture.maxBody', value);
  if (bytes <= 2 ** 20) return bytes;
  throw new WherryError('bad_value', `capture.maxBody: ${printable(value)} is more than 1Mi`, {
    component: 'config',
  });
}

const registryNames = ['npm', 'python', 'go', 'maven', 'composer', 'ruby'];

export function mirrors(value: string): Readonly<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const part of list(value)) {
    const [, name = '', address = ''] = /^([a-z]+)=(\S+)$/.exec(part) ?? [];
    if (!registryNames.includes(name) || !/^https?:\/\//.test(address) || !URL.canParse(address))
      throw new WherryError(
        'bad_value',
        `build.mirrors: ${printable(part)} is not NAME=URL with one of ${registryNames.join(', ')}`,
        { component: 'config' },
      );
    all[name] = address;
  }
  return all;
}
