import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ChannelKind, channelKinds } from '@wherry/core/alert-channel';
import type { ChannelRequest } from '@wherry/wire/alert-channels';
import type { Context } from '../context.ts';
import { usageError } from '../failures.ts';
import { secretValue } from '../secrets/secret-value.ts';

/** What has to be said beside what is secret: how it is read, its flag, and what may stand there. */
const needed: Partial<Record<ChannelKind, readonly (readonly [string, string, string])[]>> = {
  email: [
    ['host', '--host', 'smtp.example.com'],
    ['mailFrom', '--mail-from', 'wherry@example.com'],
    ['to', '--to', 'ops@example.com'],
  ],
  function: [['function', '--function', 'NAME']],
  sms: [['form', '--form', 'form.json']],
};

/** What is asked for on a terminal. */
const asked: Partial<Record<ChannelKind, string>> = {
  slack: 'Address of the incoming webhook',
  webhook: 'Address of the webhook',
  sms: 'Address of the provider',
  heartbeat: 'Address that is called every minute',
};

/** What the flags and files of `alerts channel add` say. Secrets come from files and standard input, never from the command line. */
export async function requestOf(context: Context): Promise<ChannelRequest> {
  const { options, args, cwd } = context;
  const kind = channelKinds.find((one) => one === args[1]);
  if (kind === undefined)
    throw usageError(
      `${JSON.stringify(args[1] ?? '')} is no kind of channel`,
      `Use one of ${channelKinds.join(', ')}`,
    );
  const matchers = options.list('match');
  const usual = {
    kind,
    ...(matchers.length === 0 ? {} : { matchers }),
    ...(options.switchedOn('resolved') ? {} : { resolved: false }),
  };
  const secret = async (what: string): Promise<string> =>
    Buffer.from(await secretValue(context, false, what), 'base64').toString();
  const missing = (needed[kind] ?? []).filter(
    ([option]) => (option === 'to' ? options.list(option)[0] : options.text(option)) === undefined,
  );
  if (missing.length > 0) {
    const flags = missing.map(([, flag]) => flag);
    throw usageError(
      `${kind} takes ${flags.join(', ')} as well`,
      `Give ${missing.length === 1 ? 'it' : 'them'}: wherry alerts channel add ${args[0] ?? 'NAME'} ${kind} ${missing.map(([, flag, like]) => `${flag} ${like}`).join(' ')}`,
    );
  }
  if (kind === 'function') return { ...usual, ...text(options.text('function'), 'function') };
  if (kind === 'email') {
    const user = options.text('user');
    const port = options.integer('port', '--port');
    const security = options.oneOf('security', '--security', ['starttls', 'tls', 'none'] as const);
    const mail = {
      ...text(options.text('host'), 'host'),
      ...text(options.text('mailFrom'), 'from'),
      ...text(user, 'user'),
      ...(security === undefined ? {} : { security }),
      ...(port === undefined ? {} : { port }),
      to: options.list('to'),
    };
    return {
      ...usual,
      mail,
      ...(user === undefined
        ? {}
        : { password: await secret(`Password of ${user} at ${options.text('host')}`) }),
    };
  }
  const file = options.text('authorizationFile');
  const authorization = file === undefined ? undefined : (await readFile(resolve(cwd, file), 'utf8')).trim();
  const form = options.text('form');
  const body = form === undefined ? undefined : jsonIn(form, await readFile(resolve(cwd, form), 'utf8'));
  const as = options.oneOf('formAs', '--form-as', ['form', 'json'] as const) ?? 'form';
  return {
    ...usual,
    url: await secret(asked[kind] ?? 'Address'),
    ...text(authorization, 'authorization'),
    ...(body === undefined ? {} : { form: { as, body } }),
  };
}

function text<K extends string>(value: string | undefined, key: K): { readonly [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string };
}

function jsonIn(file: string, content: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(content) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw usageError(
      `${file} is no JSON: ${(error as Error).message}`,
      'Such as {"To": "+49…", "Body": "{{ text }}"}',
    );
  }
}
