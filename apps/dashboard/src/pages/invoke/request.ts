/** A field of a form: text, or a file. */
export interface Part {
  readonly name: string;
  readonly value: string;
  readonly file?: File;
}

/** What was typed into the form. */
export interface Asked {
  readonly method: string;
  /** What comes behind the function's name; it may have a query of its own, which goes out as it is. */
  readonly path: string;
  /** Added to it. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** One in each line. */
  readonly headers: string;
  readonly kind: 'text' | 'file' | 'form';
  /** Of the kind `text`. */
  readonly body: string;
  readonly file?: File;
  readonly parts: readonly Part[];
  /** Whether it goes into the queue. */
  readonly later: boolean;
}

export const nothingAsked: Asked = {
  ...{ method: 'POST', path: '/', query: [], headers: '', kind: 'text', body: '', parts: [], later: false },
};

export interface Of {
  readonly name: string;
  readonly namespace: string;
}

export const methodOf = ({ later, method }: Asked): string => (later ? 'POST' : method);

/** Browsers send none with these. */
export const bodiless = (asked: Asked): boolean => ['GET', 'HEAD'].includes(methodOf(asked));

/** Path and query as they go out; undefined where the path leads out of the function. */
export function targetOf({ path, query }: Asked): string | undefined {
  const rows = query
    .filter(([name]) => name !== '')
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const rooted = path.startsWith('/') || path.startsWith('?') ? path : `/${path}`;
  const whole = rows.length === 0 ? rooted : `${rooted}${rooted.includes('?') ? '&' : '?'}${rows.join('&')}`;
  const root = 'http://gateway/function/name';
  const { href } = new URL(`${root}${whole.replaceAll('#', '%23')}`);
  const target = href.slice(root.length);
  return href.startsWith(root) && /^[/?]|^$/.test(target) ? target : undefined;
}

type Header = readonly [string, string];

/** Undefined where a line is no header. */
export function headersIn(text: string): readonly Header[] | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const pairs = lines.map((line) =>
    /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t\r]*$/.exec(line),
  );
  if (pairs.includes(null)) return undefined;
  return pairs.map((match): Header => [match?.[1] ?? '', match?.[2] ?? '']);
}

/** What a body is of which nothing is said; what the command line takes it for, too. */
export function typeOf(asked: Asked): string | undefined {
  if (bodiless(asked) || asked.kind === 'form') return undefined;
  if (asked.kind === 'file') return asked.file?.type || 'application/octet-stream';
  if (asked.body === '') return undefined;
  return isJson(asked.body) ? 'application/json' : 'text/plain';
}

/** What is sent, with the type of what is in it; a form has one of its own, in which its boundary stands. */
export function sentHeaders(asked: Asked): readonly Header[] {
  const typed = headersIn(asked.headers) ?? [];
  const type = typeOf(asked);
  const form = asked.kind === 'form' && !bodiless(asked);
  const said = typed.some(([name]) => isType(name));
  if (form) return typed.filter(([name]) => !isType(name));
  return type === undefined || said ? typed : [...typed, ['Content-Type', type]];
}

const isType = (name: string): boolean => name.toLowerCase() === 'content-type';

const kept =
  /^(?:accept-charset|accept-encoding|access-control-request-.*|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer|transfer-encoding|upgrade|via|proxy-.*|sec-.*)$/i;

/** Headers that no page may set: browsers leave them out without a word. */
export const notSent = (asked: Asked): readonly string[] =>
  (headersIn(asked.headers) ?? []).map(([name]) => name).filter((name) => kept.test(name));

/** Why it can't be sent from here, as far as one can know before. */
export function refusal(asked: Asked): string | undefined {
  const headers = headersIn(asked.headers);
  if (headers === undefined) return 'A header is a line like Name: value, in Latin letters';
  if (headers.some(([name]) => name.toLowerCase() === 'authorization'))
    return 'Authorization is what this page itself signs in with: copy the request as curl to send another';
  if (targetOf(asked) === undefined) return 'With its “..” the path leads out of the function';
  if (!bodiless(asked) && asked.kind === 'file' && asked.file === undefined)
    return 'Choose the file that is the body';
  return undefined;
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
