import { type FunctionName, parseFullName } from './names.ts';

/** Between a function's name and a version of it: allowed in a path segment as it is (RFC 3986 section 3.3), and in no name. */
const mark = '@';
/** Some clients escape it all the same. */
const escapedMark = '%40';

/** What a call is for: a function, and which of its versions where that is said. */
export interface CallTarget {
  readonly name: FunctionName;
  /** A version's number or an alias, as it was written. */
  readonly qualifier?: string;
}

/**
 * Reads `NAME[.NAMESPACE][@VERSION]`, where VERSION is a number or an alias. What stands before the mark is what OpenFaaS's gateway reads, and
 * is read the same way. Undefined where the name is none; whether there is such a version is for the function to say.
 */
export function parseCallTarget(text: string): CallTarget | undefined {
  const qualifier = qualifierOf(text);
  if (qualifier === undefined) {
    const name = parseFullName(text);
    return name === undefined ? undefined : { name };
  }
  const name = parseFullName(plainTarget(text));
  return name === undefined ? undefined : { name, qualifier };
}

/** What comes after the mark; undefined where there is none. */
export function qualifierOf(text: string): string | undefined {
  const at = text.indexOf(mark);
  if (at >= 0) return text.slice(at + 1);
  const escaped = text.indexOf(escapedMark);
  return escaped < 0 ? undefined : text.slice(escaped + escapedMark.length);
}

/** What comes before the mark. */
export function plainTarget(text: string): string {
  const at = text.indexOf(mark);
  const end = at >= 0 ? at : text.indexOf(escapedMark);
  return end < 0 ? text : text.slice(0, end);
}

/** The number that a qualifier is: from 1, without zeros in front. Undefined where it is none. */
export function versionNumber(qualifier: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(qualifier) ? Number(qualifier) : undefined;
}
