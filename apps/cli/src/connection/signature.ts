import { createHmac } from 'node:crypto';
import { usageError } from '../failures.ts';
import type { Options } from '../options.ts';

/** `--sign HEADER --key KEY`: a header with the HMAC-SHA256 of the body, as `faas-cli invoke` sends it. */
export async function signatureOf(
  options: Options,
  body: Uint8Array | AsyncIterable<Uint8Array> | undefined,
): Promise<{ readonly header: readonly [string, string]; readonly body: Uint8Array } | undefined> {
  const [header, key] = [options.text('sign'), options.text('key')];
  if (header === undefined && key === undefined) return undefined;
  if (header === undefined || key === undefined)
    throw usageError('--sign and --key belong together', 'Write them as --sign X-Signature --key SECRET');
  if (!/^[A-Za-z0-9-]+$/.test(header))
    throw usageError('--sign: not the name of a header', 'Write it as --sign X-Signature');
  const whole = body instanceof Uint8Array ? body : Buffer.concat(await collected(body));
  const sum = createHmac('sha256', key).update(whole).digest('hex');
  return { header: [header, `sha256=${sum}`], body: whole };
}

async function collected(body: AsyncIterable<Uint8Array> | undefined): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  if (body !== undefined) for await (const piece of body) pieces.push(piece);
  return pieces;
}
