import { RE2JS } from 're2js';
import { bounds } from '../bounds.ts';

export type Refuse = (problem: string, next?: string) => Error;

/** A regular expression in RE2's grammar, which takes time in proportion to the text, whatever the two are. */
export interface Pattern {
  matches(text: string): boolean;
  /** Whether it is anywhere in the text. */
  finds(text: string): boolean;
  /** The template with its `$1`, `${1}` and `${name}` filled from a text that matches; undefined where it does not. */
  fill(text: string, template: string): string | undefined;
}

/** Compiles a pattern; a dot stands for line ends too. `parts`: its characters times its repetitions. */
export function compilePattern(source: string, refuse: Refuse, parts: number = bounds.patternParts): Pattern {
  if (source.length > bounds.pattern)
    throw refuse(
      `the regular expression is longer than ${bounds.pattern} characters`,
      'Ask for fewer alternatives.',
    );
  if (source.length * repetitions(source) > parts)
    throw refuse('the regular expression repeats too much', 'Take smaller numbers in its {…}.');
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source, RE2JS.DOTALL);
  } catch (error) {
    throw refuse(
      `the regular expression is not valid: ${(error as Error).message}`,
      'The grammar is RE2: no look-ahead, no references back.',
    );
  }
  return {
    matches: (text) => compiled.matches(text),
    finds: (text) => compiled.matcher(text).find(),
    fill(text, template) {
      const matcher = compiled.matcher(text);
      if (!matcher.matches()) return undefined;
      return template.replace(reference, (whole: string, braced?: string, bare?: string) => {
        if (whole === '$$') return '$';
        const name = braced ?? bare ?? '';
        if (/^(?:0|[1-9][0-9]{0,7})$/.test(name))
          return Number(name) <= matcher.groupCount() ? (matcher.group(Number(name)) ?? '') : '';
        return Object.hasOwn(compiled.namedGroups(), name) ? (matcher.group(name) ?? '') : '';
      });
    },
  };
}

const reference = /\$\$|\$\{([\p{L}\p{Nd}_]+)\}|\$([\p{L}\p{Nd}_]+)/gu;

/** How often the innermost part may come at most, were all of its `{n,m}` within each other. */
function repetitions(source: string): number {
  return [...source.matchAll(/\{([0-9]+)(?:,([0-9]*))?\}/g)].reduce(
    (product, [, least, most]) => product * Math.max(1, Number(least), Number(most || 0)),
    1,
  );
}
