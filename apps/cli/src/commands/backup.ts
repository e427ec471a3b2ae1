import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Command, targetOptions } from '../command.ts';
import { resolveTarget, runsHere } from '../config/target.ts';
import type { Context } from '../context.ts';
import { dataFolder } from '../data-folder.ts';
import { usageError } from '../failures.ts';
import { counted, describeBackup, holdings } from '../output/backup-text.ts';
import { ago, bytes } from '../output/quantities.ts';
import { type Column, table } from '../output/table.ts';

export const homeOption = {
  flags: '--home <FOLDER>',
  says: 'data folder of this machine (WHERRY_HOME, ~/.wherry)',
};
export const passphraseOption = {
  flags: '--passphrase-file <FILE>',
  says: 'file with the passphrase that the keys are sealed with',
};

const verify: Command = {
  name: 'verify',
  summary: 'Read a backup to its end, check every digest, and say what is in it.',
  arguments: [{ name: '<FILE>', says: 'the backup' }],
  async run({ args, cwd, output }) {
    const { verifyBackup } = await dataFolder();
    const saved = await verifyBackup(resolve(cwd, args[0] ?? ''));
    await output.result(saved, () => describeBackup(saved));
  },
};

interface Listed {
  readonly path: string;
  readonly at: string;
  readonly bytes: number;
}

const columns: readonly Column<Listed>[] = [
  { head: 'MADE', cell: ({ at }) => ago(at, Date.now()) },
  { head: 'SIZE', cell: (row) => bytes(row.bytes), right: true },
  { head: 'FILE', cell: ({ path }) => path },
];

const list: Command = {
  name: 'list',
  aliases: ['ls'],
  summary: 'Show the backups that were made by themselves.',
  options: [homeOption, ...targetOptions],
  exits: [4, 5],
  async run(context) {
    const { output } = context;
    const { backups, every } = await listed(context);
    if (every === undefined)
      output.note('None are made by themselves. To have one every day: wherry server --backup-every 24h');
    await output.result(backups, () =>
      backups.length === 0 ? '' : table(columns, backups, output.out.columns),
    );
  },
};

async function listed(context: Context): Promise<{ backups: readonly Listed[]; every?: number | undefined }> {
  const home = folderOf(context);
  if (home === undefined) return context.ask('Looking', (client) => client.listBackups());
  const found = await (await dataFolder()).backupsOf(home, context.env);
  return { backups: found.map((one) => ({ ...one, at: new Date(one.at).toISOString() })), every: 0 };
}

export const command: Command = {
  name: 'backup',
  summary: 'Save everything that a gateway keeps into one file, while it works.',
  details:
    'Functions with their code, namespaces, tokens, secrets (encrypted), the queue and the history, all of one moment. The keys stay out: whoever\n' +
    'has the file alone has no secret. Keep a copy of secrets.key apart from it, or take the keys along by --with-key or --passphrase-file,\n' +
    'which works on the gateway’s machine only.',
  arguments: [
    {
      name: '[FILE]',
      says: 'where to; "-" is standard output; a name with the time in this folder unless given',
    },
  ],
  options: [
    { flags: '--no-history', says: 'leave calls, logs and ends of instances out' },
    { flags: '--with-key', says: 'take the keys along in clear: the file is as good as the gateway' },
    passphraseOption,
    homeOption,
    ...targetOptions,
  ],
  examples: [
    ['backup', 'of the gateway, also of one far away'],
    ['backup --passphrase-file pass.txt /mnt/usb/', 'all of it, keys too'],
    ['backup - | ssh elsewhere "cat > wherry.backup.tar.gz"', 'checked on the way'],
  ],
  subcommands: [list, verify],
  exits: [4, 5],
  related: ['restore', 'doctor'],
  async run(context) {
    const { options, output, args } = context;
    const { backupName, checkedOnTheWay, saveBackup } = await dataFolder();
    const source = await sourceOf(context);
    if (args[0] === '-') {
      for await (const chunk of checkedOnTheWay(source)) await output.out.write(chunk);
      output.note('The backup is whole');
      return;
    }
    const path = await placeFor(context, backupName(Date.now()));
    const progress = output.progress('Saving');
    const saved = await saveBackup(source, path).finally(() => progress.stop());
    await output.result(
      saved,
      () => `Saved ${path} (${bytes(saved.bytes)}): ${holdings(saved)}\n${advice(saved)}`,
    );
    if (options.flag('withKey')) output.warn(`whoever can read ${path} has every secret and the admin token`);
  },
};

function advice({
  keys,
  rows,
  path,
}: {
  keys: string;
  rows: Readonly<Record<string, number>>;
  path: string;
}): string {
  const secrets = rows['secrets'] ?? 0;
  const lost =
    keys === 'none' && secrets > 0
      ? `The keys are not in it: keep a copy of secrets.key, apart from it. Without that, ${counted(secrets, 'secret is', 'secrets are')} lost where it is restored.\n`
      : '';
  return `${lost}Try it: wherry restore ${path} --home /tmp/tried`;
}

/** From the folder where that is asked for or no gateway runs; else from the gateway. */
async function sourceOf(context: Context): Promise<AsyncIterable<Uint8Array>> {
  const { options, env, cwd } = context;
  const history = options.switchedOn('history');
  const passphrase = await passphraseOf(context);
  const home =
    folderOf(context) ??
    (options.flag('withKey') || passphrase !== undefined ? localHome(context) : undefined);
  if (home === undefined) return (await context.connect({ timeoutMs: 0 })).client.backup(history);
  const { backupFolder } = await dataFolder();
  const keys =
    passphrase !== undefined ? { passphrase } : options.flag('withKey') ? ('clear' as const) : undefined;
  return backupFolder({ home: resolve(cwd, home), env, history, ...(keys === undefined ? {} : { keys }) });
}

/** Keys are only ever read where they lie. */
function localHome({ options, home }: Context): string {
  if (options.text('gateway') !== undefined)
    throw usageError(
      'keys do not go over the network',
      'Run this on the gateway’s machine, without --gateway; or copy its secrets.key by yourself',
    );
  return home;
}

/** The folder to work on by ourselves; undefined where there is a gateway to ask. */
function folderOf({ options, env, home }: Context): string | undefined {
  const named = options.text('home');
  if (named !== undefined) return named;
  return runsHere(resolveTarget(options.text('gateway'), env)) ? undefined : home;
}

export async function passphraseOf({ options, cwd }: Context): Promise<string | undefined> {
  const file = options.text('passphraseFile');
  if (file === undefined) return undefined;
  return (await readFile(resolve(cwd, file), 'utf8')).replace(/\r?\n$/, '');
}

async function placeFor({ args, cwd }: Context, name: string): Promise<string> {
  const path = resolve(cwd, args[0] ?? '.');
  const there = await stat(path).catch(() => undefined);
  return there?.isDirectory() ? join(path, name) : path;
}
