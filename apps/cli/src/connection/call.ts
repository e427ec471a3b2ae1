import type { Invocation } from '@wherry/wire/client';
import { usageError } from '../failures.ts';
import type { Options } from '../options.ts';
import { formOf } from './form.ts';
import { stdinBody } from './stdin-body.ts';

/** The HTTP request that the flags of `invoke` describe. */
export async function callOf(options: Options, stdin: NodeJS.ReadStream): Promise<Invocation> {
  const method = (options.text('method') ?? 'POST').toUpperCase();
  if (!/^[A-Z]{1,20}$/.test(method) || method === 'CONNECT')
    throw usageError(
      `--method: ${JSON.stringify(method)} is no method`,
      'Use GET, POST, PUT, PATCH, DELETE …',
    );
  const headers = options.list('header').map(headerOf);
  const data = options.text('data');
  const form = await formOf(options.list('form'));
  if (form !== undefined && data !== undefined)
    throw usageError('--form and --data are both the body', 'Use one of them');
  // Programs leave an open standard input behind; a GET must not wait for its end.
  const body =
    form !== undefined
      ? form.body
      : data !== undefined
        ? Buffer.from(data, 'utf8')
        : method === 'GET' || method === 'HEAD'
          ? undefined
          : await stdinBody(stdin);
  const asked = options.text('contentType');
  const type =
    form?.type ?? asked ?? (data !== undefined && isJson(data) ? 'application/json' : 'text/plain');
  const typed = headers.some(([name]) => name.toLowerCase() === 'content-type');
  if (form !== undefined && (typed || asked !== undefined))
    throw usageError('--form: a form says its own Content-Type', 'Leave the other one out');
  // Of nothing there is no type.
  const some = body !== undefined && !(body instanceof Uint8Array && body.length === 0);
  if (!typed && some) headers.push(['Content-Type', type]);
  return { method, target: targetOf(options), headers, ...(body === undefined ? {} : { body }) };
}

function headerOf(line: string): [string, string] {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*[:=]\s*([\t\x20-\x7e\x80-\xff]*)$/.exec(line);
  if (match === null)
    throw usageError(`--header: ${JSON.stringify(line)} is no header`, 'Write it as -H "Name: value"');
  return [match[1] ?? '', match[2] ?? ''];
}

/** Path and query; the path goes out as it was given. */
function targetOf(options: Options): string {
  const path = options.text('path') ?? '';
  const query = options.list('query').map((text) => {
    const at = text.indexOf('=');
    return at < 0
      ? encodeURIComponent(text)
      : `${encodeURIComponent(text.slice(0, at))}=${encodeURIComponent(text.slice(at + 1))}`;
  });
  const rooted = path === '' || path.startsWith('/') || path.startsWith('?') ? path : `/${path}`;
  return query.length === 0 ? rooted : `${rooted}${rooted.includes('?') ? '&' : '?'}${query.join('&')}`;
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
