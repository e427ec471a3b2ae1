import { WherryError } from '../errors.ts';
import { printable } from '../names.ts';

/** What `secure` stands for: headers with which browsers keep a page to itself (docs/public.md says what each does). */
const secure = [
  ...['X-Content-Type-Options', 'nosniff'],
  ...['X-Frame-Options', 'DENY'],
  ...['Referrer-Policy', 'strict-origin-when-cross-origin'],
  ...['Cross-Origin-Opener-Policy', 'same-origin'],
  ...['Cross-Origin-Resource-Policy', 'same-origin'],
];

const mostHeaders = 30;
/** A field name is a token (RFC 9110 section 5.1); a value here has visible ASCII and blanks. */
const line = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*([\x20-\x7e]{1,4000})$/;
/** Those that belong to the connection, to the answer's form, or to the gateway. */
const refused =
  /^(?:connection|keep-alive|proxy-.*|transfer-encoding|te|trailer|upgrade|content-length|content-encoding|content-range|content-type|date|set-cookie|vary|access-control-.*|service-worker-allowed|x-call-id|x-start-time|x-duration-seconds|x-served-by|x-wherry-.*|x-openfaas-.*)$/i;

/** Reads lines of `Name: value`, or `secure` for the usual ones, as names and values in turn. Throws `bad_value` naming the field. */
export function answerHeaders(field: string, text: string): readonly string[] {
  const headers = new Map<string, readonly [string, string]>();
  for (const part of text.split('\n').map((one) => one.trim())) {
    if (part === '') continue;
    if (part === 'secure') {
      for (let i = 0; i < secure.length; i += 2)
        headers.set((secure[i] as string).toLowerCase(), [secure[i] as string, secure[i + 1] as string]);
      continue;
    }
    const [, name, value] = line.exec(part) ?? [];
    if (name === undefined || value === undefined)
      throw refusal(field, `${printable(part)} is not a line such as X-Frame-Options: DENY, nor secure`);
    if (refused.test(name)) throw refusal(field, `${name} is not to be set here`);
    headers.set(name.toLowerCase(), [name, value]);
  }
  if (headers.size === 0) throw refusal(field, 'it names no header');
  if (headers.size > mostHeaders) throw refusal(field, `more than ${mostHeaders} headers`);
  return [...headers.values()].flat();
}

function refusal(field: string, rule: string): WherryError {
  return new WherryError('bad_value', `${field}: ${rule}`, { component: 'rules' });
}
