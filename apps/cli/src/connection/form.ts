import { openAsBlob } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Invocation } from '@wherry/wire/client';
import { usageError } from '../failures.ts';

/** A form as a body, and the type that its boundary stands in. */
export interface FormBody {
  readonly body: NonNullable<Invocation['body']>;
  readonly type: string;
}

const manner = 'Write it as -F NAME=TEXT, or -F NAME=@PATH for a file';

/**
 * `-F NAME=TEXT` and `-F NAME=@PATH;type=TYPE` as a form, multipart as browsers send it (RFC 7578), its fields in this order. A text that begins
 * with @ is written with two. Files go out as they are read, so their size does not matter. Undefined where there are none.
 */
export async function formOf(fields: readonly string[]): Promise<FormBody | undefined> {
  if (fields.length === 0) return undefined;
  const form = new FormData();
  let files = false;
  for (const field of fields) {
    const at = field.indexOf('=');
    if (at < 1) throw usageError(`--form: ${JSON.stringify(field)} is no NAME=TEXT`, manner);
    const [name, value] = [field.slice(0, at), field.slice(at + 1)];
    const isFile = value.startsWith('@') && !value.startsWith('@@');
    files ||= isFile;
    if (isFile) form.append(name, await fileAt(value.slice(1)));
    else form.append(name, value.startsWith('@') ? value.slice(1) : value);
  }
  const whole = new Response(form);
  const type = whole.headers.get('content-type') as string;
  // Of texts the length is known, which suits every function.
  if (!files) return { body: new Uint8Array(await whole.arrayBuffer()), type };
  return { body: whole.body as AsyncIterable<Uint8Array>, type };
}

async function fileAt(text: string): Promise<File> {
  const mark = text.lastIndexOf(';type=');
  const path = mark < 0 ? text : text.slice(0, mark);
  const type = mark < 0 ? 'application/octet-stream' : text.slice(mark + ';type='.length);
  if (path === '') throw usageError('--form: behind @ there is no path', manner);
  if (!/^[\x20-\x7e]+$/.test(type))
    throw usageError(`--form: ${JSON.stringify(type)} is no type`, 'Write it as ;type=image/png');
  const found = await stat(path);
  if (found.isDirectory()) throw usageError(`--form: ${JSON.stringify(path)} is a folder`, manner);
  // What is no file on a disk, such as /dev/stdin, can be read only once.
  const bytes = found.isFile() ? await openAsBlob(path, { type }) : new Blob([await readFile(path)]);
  return new File([bytes], basename(path), { type });
}
