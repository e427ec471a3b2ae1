import type { AlertMatcher } from '@wherry/core/alert';
import { printable } from '@wherry/core/names';
import { refuseValue } from './fields.ts';

const form = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s;

/** Reads `function_name="checkout.openfaas-fn"`, `severity=~major|critical`; quotes may be left out. Throws `bad_value`. */
export function parseMatcher(field: string, text: string): AlertMatcher {
  const [, label, is, value] = form.exec(text) ?? [];
  if (label === undefined || value === undefined)
    return refuseValue(field, `${printable(text)} is not LABEL=VALUE, with =, !=, =~ or !~`);
  return { label, is: is as AlertMatcher['is'], value: unquoted(field, value) };
}

export function matcherText({ label, is, value }: AlertMatcher): string {
  return `${label}${is}${JSON.stringify(value)}`;
}

function unquoted(field: string, value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    const text: unknown = JSON.parse(value);
    if (typeof text === 'string') return text;
  } catch {
    // Told below.
  }
  return refuseValue(field, `${printable(value)} is no text in quotes`);
}
