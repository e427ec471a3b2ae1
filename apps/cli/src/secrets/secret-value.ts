import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isSecretName } from '@wherry/core/names';
import { maxSecretBytes } from '@wherry/core/secret';
import { askSecret } from '../connection/ask-secret.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failures.ts';

/** The value that the flags name, or standard input gives, in base64: bytes survive that whatever they are. `what` is asked for on a terminal. */
export async function secretValue(context: Context, exact: boolean, what = 'Value'): Promise<string> {
  const { options, cwd } = context;
  const [file, literal] = [options.text('fromFile'), options.text('fromLiteral')];
  if (file !== undefined && literal !== undefined)
    throw usageError('--from-file and --from-literal exclude each other', 'Give one of them');
  if (literal !== undefined) return encoded(Buffer.from(literal), exact);
  if (file !== undefined && file !== '-') return encoded(await readFile(resolve(cwd, file)), exact);
  return encoded(await fromStdin(context, what), exact);
}

/** Every file of a folder whose name can be a secret's. A name that can't is a mistake, and not passed over. */
export async function folderSecrets(
  cwd: string,
  folder: string,
  exact: boolean,
): Promise<readonly { readonly name: string; readonly rawValue: string }[]> {
  const at = resolve(cwd, folder);
  const entries = await readdir(at, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const wrong = names.find((name) => !isSecretName(name));
  if (wrong !== undefined)
    throw usageError(
      `${join(folder, wrong)} cannot name a secret`,
      'Use a-z, 0-9, "-" and "." in the names of files',
    );
  if (names.length === 0)
    throw usageError(`${folder} holds no files`, 'Put one file for each secret into it');
  return Promise.all(
    names.sort().map(async (name) => ({ name, rawValue: encoded(await readFile(join(at, name)), exact) })),
  );
}

async function fromStdin({ stdin, output }: Context, what: string): Promise<Buffer> {
  if (stdin.isTTY && output.err.isTTY) return Buffer.from(await askSecret(stdin, output.err, `${what}: `));
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stdin as AsyncIterable<Buffer>) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > maxSecretBytes) break;
  }
  return Buffer.concat(pieces);
}

/** What an editor or `echo` left at the ends of a text is rarely meant; bytes that are no text are left alone. */
function encoded(bytes: Buffer, exact: boolean): string {
  const value = exact || bytes.includes(0) ? bytes : trimmed(bytes);
  if (value.length === 0)
    throw usageError('the value is empty', 'Give --from-file PATH, or pipe the value in');
  if (value.length > maxSecretBytes)
    throw usageError(`the value has more than ${maxSecretBytes} bytes`, 'Secrets are for keys and passwords');
  return value.toString('base64');
}

function trimmed(bytes: Buffer): Buffer {
  const blank = (byte: number | undefined): boolean =>
    byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
  let from = 0;
  let to = bytes.length;
  while (from < to && blank(bytes[from])) from += 1;
  while (to > from && blank(bytes[to - 1])) to -= 1;
  return bytes.subarray(from, to);
}
