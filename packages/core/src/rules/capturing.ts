import { WherryError } from '../errors.ts';
import { printable } from '../names.ts';
import type { Headers } from '../ports/forwarder.ts';

/** Of which calls the bodies are kept: `com.wherry.capture`. */
export type Capturing = 'none' | 'failures' | 'all';

export function capturing(field: string, text: string): Capturing {
  const rule = text.trim();
  if (rule === 'none' || rule === 'failures' || rule === 'all') return rule;
  throw new WherryError('bad_value', `${field}: ${printable(text)} is none of none, failures, all`, {
    component: 'rules',
  });
}

/** Names that credentials travel under. Wide on purpose: a header too few can be sent again, a token too many can't be taken back. */
const credential =
  /auth(?!or(?:s|ity)?$)|cookie|token|secret|passw|pwd|api-?_?key|access-?_?key|private-?_?key|credential|signature|session|csrf|xsrf|jwt|bearer|^x-amz-security|^(?:sig|key|code|otp|pin|sid)$/i;

/** Tokens of ours, wherever they stand. */
const ownToken = /wherry_[A-Za-z0-9_-]{43}/;
const ownTokens = new RegExp(ownToken, 'g');

/** Headers without those that hold credentials, and the names of these. */
export function withoutCredentials(headers: Headers): {
  readonly headers: Headers;
  readonly withheld: readonly string[];
} {
  const kept: string[] = [];
  const withheld = new Set<string>();
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const [name, value] = [headers[i] as string, headers[i + 1] as string];
    if (credential.test(name) || ownToken.test(value) || namesPassword(value)) withheld.add(name);
    else kept.push(name, value);
  }
  return { headers: kept, withheld: [...withheld] };
}

/** A path with its query, whose parameters that hold credentials have no value. */
export function pathWithoutCredentials(path: string): {
  readonly path: string;
  readonly withheld: readonly string[];
} {
  const mark = path.indexOf('?');
  const withheld = new Set<string>();
  const bare = path.slice(0, mark < 0 ? path.length : mark);
  const clean = bare.replace(ownTokens, () => {
    withheld.add('path');
    return 'withheld';
  });
  if (mark < 0) return { path: clean, withheld: [...withheld] };
  const query = path
    .slice(mark + 1)
    .split('&')
    .map((part) => {
      const equals = part.indexOf('=');
      const name = equals < 0 ? part : part.slice(0, equals);
      if (equals < 0 ? !ownToken.test(part) : !credential.test(plain(name)) && !ownToken.test(plain(part)))
        return part;
      withheld.add(equals < 0 ? '?' : `?${plain(name).slice(0, 100)}`);
      return equals < 0 ? '' : `${name}=`;
    });
  return { path: `${clean}?${query.join('&')}`, withheld: [...withheld] };
}

/** An address with a password in it, as in Referer. */
function namesPassword(value: string): boolean {
  return (
    /:\/\/[^/\s@]*:[^/\s@]*@/.test(value) || /[?&][^=&\s]*(?:token|secret|passw|api_?key|code)=/i.test(value)
  );
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
