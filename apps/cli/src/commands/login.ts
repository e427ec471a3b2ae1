import { Client } from '@wherry/wire/client';
import { basic, bearer } from '@wherry/wire/connection';
import { type Command, targetOptions } from '../command.ts';
import { LoginStore } from '../config/login-store.ts';
import { isLoopback, resolveTarget } from '../config/target.ts';
import { askSecret } from '../connection/ask-secret.ts';
import { nodeTransport } from '../connection/node-transport.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failures.ts';

export const command: Command = {
  name: 'login',
  summary: 'Remember the credentials for a gateway, once they were seen to work.',
  options: [
    { flags: '-u, --username <NAME>', says: 'user name (admin)' },
    {
      flags: '-p, --password <TEXT>',
      says: 'password; other users of this machine can see it while this runs',
    },
    { flags: '-s, --password-stdin', says: 'password or token from standard input' },
    { flags: '--timeout <DURATION>', says: 'accepted', hidden: true },
    ...targetOptions,
  ],
  details:
    'Without flags the password is asked for, on a terminal. Of a Wherry gateway it is the admin token.',
  examples: [
    ['login -g https://functions.example.com', 'asks for the password'],
    ['login --password-stdin < admin.token', 'for scripts'],
    ['login --token TOKEN', 'any token that you were given'],
  ],
  exits: [4, 5],
  related: ['logout', 'token'],
  async run(context) {
    const { options, output, env, home, signal } = context;
    const target = resolveTarget(options.text('gateway'), env);
    const { authorization, user } = await credentials(context);
    const transport = nodeTransport({ verifyTls: !options.flag('tlsNoVerify') });
    await new Client({ ...target, authorization, transport, signal, timeoutMs: 10_000 }).listFunctions();
    if (target.url.startsWith('http:') && !isLoopback(target.url)) {
      output.warn(`${target.url} is plain HTTP: whoever is between can read these credentials`);
    }
    const store = new LoginStore(home);
    store.put({ gateway: target.url, authorization, ...(user === undefined ? {} : { user }) });
    await output.result(
      { gateway: target.url, user, stored: store.path },
      () => `Logged in to ${target.url}`,
    );
    output.note(`Kept in ${store.path}, readable by you only. Forget it again: wherry logout`);
  },
};

async function credentials({
  options,
  stdin,
  output,
}: Context): Promise<{ authorization: string; user?: string }> {
  const token = options.text('token');
  if (token !== undefined) return { authorization: bearer(token) };
  const user = options.text('username') ?? 'admin';
  const password = options.text('password') ?? (await secret());
  if (password === '')
    throw usageError('the password is empty', 'Of a Wherry gateway it is in admin.token of its home');
  return { authorization: basic(user, password), user };

  async function secret(): Promise<string> {
    if (options.flag('passwordStdin')) {
      let text = '';
      for await (const chunk of stdin) text += String(chunk);
      return text.replace(/\r?\n$/, '');
    }
    if (stdin.isTTY && output.err.isTTY) return askSecret(stdin, output.err, `Password of ${user}: `);
    throw usageError('nobody can be asked for the password here', 'Give --password-stdin or --token');
  }
}
