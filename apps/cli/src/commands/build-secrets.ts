import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { localError, usageError } from '../failures.ts';

/** Secrets of builds by a remote builder: made and sealed here, without a gateway. */
export const buildSecrets: readonly Command[] = [
  {
    name: 'generate',
    summary: 'Make a random secret, such as the payload secret of a remote builder.',
    options: [
      { flags: '--length <BYTES>', says: 'how many random bytes (32)' },
      { flags: '--to <FILE>', says: 'where it goes, readable for you alone; else standard output' },
    ],
    examples: [['secret generate --to payload.txt', '']],
    async run(context) {
      const length = context.options.integer('length', '--length') ?? 32;
      if (length < 16 || length > 1024)
        throw usageError(`--length: ${length} is outside 16 to 1024`, 'Leave it out for 32');
      await give(context, randomBytes(length).toString('base64url'));
    },
  },
  {
    name: 'keygen',
    summary: 'Make a pair of keys to seal build secrets with: FILE, and FILE.pub.',
    options: [{ flags: '--to <FILE>', says: 'the private key (key)' }],
    examples: [['secret keygen', 'key and key.pub']],
    async run({ options, cwd, output }) {
      const { newKeys } = await import('@wherry/build/context/sealed-box');
      const path = resolve(cwd, options.text('to') ?? 'key');
      const { publicKey, secretKey } = newKeys();
      await writeFile(path, `${Buffer.from(secretKey).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
      await writeFile(`${path}.pub`, `${Buffer.from(publicKey).toString('base64')}\n`, { flag: 'wx' });
      await output.result({ key: path, publicKey: `${path}.pub` }, () => `${path}\n${path}.pub`);
    },
  },
  {
    name: 'seal',
    summary: 'Seal build secrets for a builder, into the file that goes with an upload.',
    arguments: [{ name: '<PUBLIC-KEY>', says: 'file with the builder’s key, in base64: GET /publickey' }],
    options: [
      { flags: '--from-literal <NAME=VALUE>', says: 'a secret; repeatable', repeats: true },
      { flags: '--from-file <NAME=FILE>', says: 'a secret from a file; repeatable', repeats: true },
      { flags: '--to <FILE>', says: 'where it goes (com.openfaas.secrets)' },
    ],
    examples: [['secret seal key.pub --from-file npmrc=.npmrc', '']],
    async run({ args, options, cwd, output }) {
      const { seal } = await import('@wherry/build/context/sealed-box');
      const key = Buffer.from((await readFile(resolve(cwd, args[0] ?? ''), 'utf8')).trim(), 'base64');
      if (key.length !== 32) throw usageError(`${args[0]} holds no public key`, 'It is 32 bytes in base64');
      const sealed: Record<string, string> = {};
      const put = (name: string, value: Uint8Array): void => {
        sealed[name] = Buffer.from(seal(value, key)).toString('base64');
      };
      for (const [name, text] of Object.entries(options.keyValues('fromLiteral', '--from-literal') ?? {}))
        put(name, Buffer.from(text));
      for (const entry of options.list('fromFile')) {
        const [name = '', path = name] = /^([^=]+)=(.+)$/.exec(entry)?.slice(1) ?? [basename(entry), entry];
        put(name, await readFile(resolve(cwd, path)));
      }
      if (Object.keys(sealed).length === 0)
        throw usageError(
          'there is nothing to seal',
          'Give --from-literal NAME=VALUE or --from-file NAME=FILE',
        );
      const path = resolve(cwd, options.text('to') ?? 'com.openfaas.secrets');
      await writeFile(path, `${JSON.stringify(sealed, null, 2)}\n`);
      await output.result(
        { file: path, secrets: Object.keys(sealed) },
        () => `${path}: ${Object.keys(sealed).join(', ')}`,
      );
    },
  },
  {
    name: 'unseal',
    summary: 'Show what was sealed, with the private key.',
    arguments: [{ name: '[FILE]', says: 'com.openfaas.secrets unless named' }],
    options: [
      { flags: '--key <FILE>', says: 'the private key (key)' },
      { flags: '--in <FILE>', says: 'the same as the argument', hidden: true },
    ],
    examples: [['secret unseal', '']],
    async run({ args, options, cwd, output }) {
      const { keysOf, unseal } = await import('@wherry/build/context/sealed-box');
      const key = Buffer.from(
        (await readFile(resolve(cwd, options.text('key') ?? 'key'), 'utf8')).trim(),
        'base64',
      );
      const file = args[0] ?? options.text('in') ?? 'com.openfaas.secrets';
      const sealed = JSON.parse(await readFile(resolve(cwd, file), 'utf8')) as Record<string, string>;
      const opened: Record<string, string> = {};
      for (const [name, box] of Object.entries(sealed)) {
        const value = unseal(Buffer.from(box, 'base64'), keysOf(key));
        if (value === undefined)
          throw localError(
            'not_for_this_key',
            'This cannot be unsealed',
            `${name} was sealed for another key`,
            'Name the private key with --key.',
          );
        opened[name] = Buffer.from(value).toString();
      }
      await output.result(opened, () =>
        Object.entries(opened)
          .map(([name, value]) => `${name}=${value}`)
          .join('\n'),
      );
    },
  },
];

async function give({ options, cwd, output }: Context, secret: string): Promise<void> {
  const to = options.text('to');
  if (to === undefined) return output.result({ secret }, () => secret);
  await writeFile(resolve(cwd, to), `${secret}\n`, { mode: 0o600, flag: 'wx' });
  await output.result({ file: to }, () => to);
}
