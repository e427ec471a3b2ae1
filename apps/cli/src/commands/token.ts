import { scopes, type Scope } from '@wherry/core/access';
import { durationMs } from '@wherry/core/rules/quantity';
import type { Client } from '@wherry/wire/client';
import type { NewToken, TokenInfo } from '@wherry/wire/tokens';
import { type ArgumentSpec, type Command, dryRunOption, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { alreadyThere, notThere, usageError } from '../failures.ts';
import { ago } from '../output/quantities.ts';
import { table } from '../output/table.ts';

const named: readonly ArgumentSpec[] = [{ name: '<NAME>', says: 'the token', completes: 'token' }];

const create: Command = {
  name: 'create',
  summary: 'Make a token. It is shown once, and alone on standard output.',
  arguments: [{ name: '<NAME>', says: 'what it is for: a-z, 0-9 and "-"' }],
  options: [
    { flags: '-s, --scope <SCOPE>', says: `${scopes.join(', ')}; repeatable, or with commas`, repeats: true },
    {
      flags: '--functions <PATTERN>',
      says: 'functions it is good for: NAME, NAMESPACE/NAME, either with a final * (*)',
    },
    { flags: '--expires <DURATION>', says: 'how long it lives: 12h, 30d …; for ever unless given' },
    dryRunOption,
    ...targetOptions,
  ],
  examples: [
    ['token create ci --scope deploy,read --expires 90d', 'for a pipeline'],
    ['token create shop --scope invoke --functions shop-*', 'for whoever calls the shop'],
  ],
  exits: [4, 5],
  async run(context) {
    const { options, args } = context;
    const asked = options
      .list('scope')
      .flatMap((text) => text.split(','))
      .filter((text) => text !== '');
    const wrong = asked.find((scope) => !(scopes as readonly string[]).includes(scope));
    if (asked.length === 0) throw usageError('--scope is missing', `Use one or more of ${scopes.join(', ')}`);
    if (wrong !== undefined)
      throw usageError(
        `--scope: ${JSON.stringify(wrong)} is not known`,
        `Use one or more of ${scopes.join(', ')}`,
      );
    const functions = options.text('functions');
    const expires = options.text('expires');
    const request = {
      name: args[0] ?? '',
      scopes: asked as Scope[],
      ...(functions === undefined ? {} : { functions }),
      ...(expires === undefined ? {} : { expiresInSeconds: seconds(expires) }),
    };
    const made = await context.change({
      label: 'Making the token',
      work: (client) => client.createToken(request),
      async look(client) {
        if (!(await isThere(client, request.name)))
          return `make token ${request.name}: ${asked.join(', ')} for ${functions ?? '*'}`;
        throw alreadyThere(
          'token_exists',
          `token ${request.name}`,
          `Replace it: wherry token rotate ${request.name}`,
        );
      },
    });
    if (made !== undefined) await show(context, made.done);
  },
};

const list: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show the tokens there are, and when each was last used; never the tokens themselves.',
  details:
    'LAST USED is when a request was last let in by it, to the hour, since it was made or rotated. Tokens of addresses (wherry export link)\n' +
    'are among them. The admin token is not.',
  options: targetOptions,
  exits: [4, 5],
  async run(context) {
    const { output } = context;
    const tokens = await context.ask('Reading the tokens', (client) => client.listTokens());
    if (tokens.length === 0)
      output.note('There is only the admin token. Make one: wherry token create NAME --scope deploy');
    await output.result(tokens, () =>
      tokens.length === 0 ? '' : table<TokenInfo>(columns, tokens, output.out.columns),
    );
  },
};

const columns = [
  { head: 'NAME', cell: ({ name }: TokenInfo) => name },
  { head: 'SCOPES', cell: scopesText },
  { head: 'FUNCTIONS', cell: ({ functions }: TokenInfo) => functions, shrinks: true },
  { head: 'CREATED', cell: ({ createdAt }: TokenInfo) => createdAt },
  { head: 'EXPIRES', cell: ({ expiresAt }: TokenInfo) => expiresAt ?? 'never' },
  {
    head: 'LAST USED',
    cell: ({ lastUsedAt }: TokenInfo) => (lastUsedAt === undefined ? 'never' : ago(lastUsedAt, Date.now())),
  },
];

function scopesText({ scopes: granted, link }: TokenInfo): string {
  return link === undefined
    ? granted.join(',')
    : `export ${link.table}${link.query === '' ? '' : `?${link.query}`}`;
}

const revoke: Command = {
  name: 'revoke',
  aliases: ['remove', 'rm', 'delete'],
  summary: 'End a token at once.',
  arguments: named,
  options: [dryRunOption, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const name = context.args[0] ?? '';
    const revoked = await context.change({
      label: 'Revoking',
      work: (client) => client.deleteToken(name),
      look: (client) => known(client, name, 'revoke'),
    });
    if (revoked === undefined) return;
    await context.output.result({ name, revoked: true }, () => `Revoked ${name}`);
  },
};

const rotate: Command = {
  name: 'rotate',
  summary: 'Replace a token; the old one ends at once. "admin" is the admin token.',
  arguments: named,
  options: [dryRunOption, ...targetOptions],
  exits: [3, 4, 5],
  async run(context) {
    const name = context.args[0] ?? '';
    const rotated = await context.change({
      label: 'Rotating',
      work: (client) => client.rotateToken(name),
      look: (client) => known(client, name, 'rotate'),
    });
    if (rotated !== undefined) await show(context, rotated.done);
  },
};

export const command: Command = {
  name: 'token',
  summary: 'Make, list, rotate and revoke tokens.',
  details:
    'The gateway makes an admin token at its first start and keeps it in admin.token of its home (~/.wherry, WHERRY_HOME).\n' +
    'Is it lost, or seen by others? Remove that file and restart the server: it writes a new one, and the old one is worthless.',
  subcommands: [create, list, revoke, rotate],
  examples: [['token create ci --scope deploy --expires 90d', 'for a pipeline']],
  related: ['login'],
};

async function isThere(client: Client, name: string): Promise<boolean> {
  return (await client.listTokens()).some((token) => token.name === name);
}

async function known(client: Client, name: string, verb: string): Promise<string> {
  if (name === 'admin' || (await isThere(client, name))) return `${verb} token ${name}`;
  throw notThere(`token ${name}`, 'See which there are: wherry token list');
}

/** The token alone on standard output, so that `TOKEN=$(wherry token create …)` holds it and nothing else. */
async function show({ output }: Context, made: NewToken): Promise<void> {
  await output.result(made, () => made.token);
  const until = made.expiresAt === undefined ? 'it does not expire' : `it expires ${made.expiresAt}`;
  output.note(
    `This is the only time it is shown. ${made.name}: ${made.scopes.join(', ')} for ${made.functions}; ${until}.`,
  );
}

function seconds(text: string): number {
  return Math.ceil(durationMs('--expires', text) / 1000);
}
