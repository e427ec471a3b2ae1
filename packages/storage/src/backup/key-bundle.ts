import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { refused } from './format.ts';

/** Files that whoever has them is the gateway, or reads its secrets: their text by their path in the data folder. */
export type KeyFiles = Readonly<Record<string, string>>;

const allowed =
  /^(?:secrets\.key|audit\.key|admin\.token|builder\.key|callback\.key|payload\.secret|tls\/(?:account\.key|[a-z0-9*][a-z0-9.*-]{0,250}\.pem))$/;
const shortestPassphrase = 12;
/** 128 MiB and about half a second for each guess (RFC 7914; what OWASP names for passwords). */
const cost = { N: 2 ** 17, r: 8, p: 1 };
const algorithm = 'aes-256-gcm';
const context = Buffer.from('wherry backup keys');

/** Those of the files that are there. */
export async function readKeyFiles(paths: Readonly<Record<string, string>>): Promise<KeyFiles> {
  const found: Record<string, string> = {};
  for (const [name, path] of Object.entries(paths)) {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text !== undefined && allowed.test(name)) found[name] = text;
  }
  return found;
}

/** The member that holds keys: as they are, or encrypted by AES-256-GCM with a key that scrypt makes of a passphrase. */
export async function packKeys(files: KeyFiles, passphrase: string | undefined): Promise<string> {
  const text = JSON.stringify({ files });
  if (passphrase === undefined) return text;
  if (passphrase.length < shortestPassphrase)
    throw refused(
      `the passphrase has fewer than ${shortestPassphrase} characters`,
      'Take a longer one, such as: openssl rand -base64 24 > passphrase',
    );
  const [salt, nonce] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv(algorithm, await keyFrom(passphrase, salt), nonce);
  cipher.setAAD(context);
  const box = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  const [salted, once, boxed] = [salt, nonce, box].map((bytes) => bytes.toString('base64'));
  return JSON.stringify({ sealed: { kdf: 'scrypt', ...cost, salt: salted, nonce: once, box: boxed } });
}

/** The keys in such a member. Throws `backup_refused`, also for a wrong passphrase. */
export async function unpackKeys(text: string, passphrase: string | undefined): Promise<KeyFiles> {
  const { files, sealed } = parse(text);
  if (sealed === undefined) return checked(files);
  if (passphrase === undefined)
    throw refused(
      'its keys are under a passphrase',
      'Name the file with the passphrase: --passphrase-file FILE. Or leave the keys out: --no-keys',
    );
  const { kdf, N, r, p, salt, nonce, box } = sealed as Record<string, unknown>;
  // What somebody else wrote must not make this machine work for hours.
  if (kdf !== 'scrypt' || N !== cost.N || r !== cost.r || p !== cost.p)
    throw refused('its keys are sealed in an unknown way');
  const [salted, once, boxed] = [salt, nonce, box].map((one) => Buffer.from(String(one), 'base64'));
  try {
    const decipher = createDecipheriv(algorithm, await keyFrom(passphrase, salted!), once!, {
      authTagLength: 16,
    });
    decipher.setAAD(context);
    decipher.setAuthTag(boxed!.subarray(-16));
    const plain = Buffer.concat([decipher.update(boxed!.subarray(0, -16)), decipher.final()]);
    return checked(parse(plain.toString()).files);
  } catch {
    throw refused(
      'the passphrase is not the one that its keys were sealed with',
      'Name the right file: --passphrase-file FILE',
    );
  }
}

function keyFrom(passphrase: string, salt: Buffer): Promise<Buffer> {
  const { N, r, p } = cost;
  const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);
  return derive(passphrase.normalize('NFC'), salt, 32, { N, r, p, maxmem: 256 * 2 ** 20 });
}

function parse(text: string): { files?: unknown; sealed?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw refused('its keys are garbled');
}

function checked(files: unknown): KeyFiles {
  const all = Object.entries((files ?? {}) as Record<string, unknown>);
  const sound = all.every(
    ([name, text]) => allowed.test(name) && !name.includes('..') && typeof text === 'string',
  );
  if (!sound) throw refused('its keys are garbled');
  return Object.fromEntries(all) as KeyFiles;
}
