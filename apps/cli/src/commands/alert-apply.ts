import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type ChannelRequest, checkChannelKeys } from '@wherry/wire/alert-channels';
import type { AlertRuleRequest } from '@wherry/wire/alert-rules';
import { parse } from 'yaml';
import { type Command, dryRunOption, targetOptions } from '../command.ts';
import { usageError } from '../failures.ts';

const mostBytes = 2 ** 20;

/** A channel in a file: what is secret about it stands in files of its own. */
type ChannelEntry = Omit<ChannelRequest, 'url' | 'password' | 'authorization'> & {
  readonly urlFile?: string;
  readonly passwordFile?: string;
  readonly authorizationFile?: string;
};

interface AlertFile {
  readonly rules: Readonly<Record<string, AlertRuleRequest>>;
  readonly channels: Readonly<Record<string, ChannelEntry>>;
}

export const apply: Command = {
  name: 'apply',
  summary: 'Put the rules and channels of a file in the place of those of their names.',
  details:
    'A YAML file with rules and channels, by name, with the fields of the API. Those that came with Wherry need only what is different. Of channels urlFile,\n' +
    'passwordFile and authorizationFile name files beside it. All of it is put, or none; what is not in the file stays as it is.',
  options: [{ flags: '-f, --file <PATH>', says: 'the file (alerts.yaml)' }, dryRunOption, ...targetOptions],
  examples: [['alerts apply -f alerts.yaml', '']],
  exits: [4, 5],
  async run(context) {
    const { cwd, options, output } = context;
    const path = resolve(cwd, options.text('file') ?? 'alerts.yaml');
    const { rules, channels } = await read(path);
    const requests = await Promise.all(
      Object.entries(channels).map(
        async ([name, entry]) => [name, await channelOf(entry, dirname(path))] as const,
      ),
    );
    const set = { rules, channels: Object.fromEntries(requests) };
    const names = { rules: Object.keys(rules), channels: Object.keys(channels) };
    const done = await context.change({
      label: 'Applying',
      async work(client) {
        await client.putAlertSet(set);
      },
      async look(client) {
        await client.tryAlertSet(set);
        return `put ${said(names)}`;
      },
    });
    if (done !== undefined) await output.result(names, () => `Applied ${said(names)}`);
  },
};

function said({ rules, channels }: { rules: readonly string[]; channels: readonly string[] }): string {
  const parts = [
    ...(rules.length === 0 ? [] : [`rules ${rules.join(', ')}`]),
    ...(channels.length === 0 ? [] : [`channels ${channels.join(', ')}`]),
  ];
  return parts.join('; ') || 'nothing';
}

async function read(path: string): Promise<AlertFile> {
  const text = await readFile(path, 'utf8');
  const refuse = (why: string): Error =>
    usageError(`${path}: ${why}`, 'rules and channels, each by its name: wherry alerts apply --help');
  if (text.length > mostBytes) throw refuse('it is larger than a mebibyte');
  let file: unknown;
  try {
    file = parse(text, { maxAliasCount: 100 });
  } catch (error) {
    throw refuse((error as Error).message);
  }
  const { rules = {}, channels = {}, ...others } = isMap(file) ? file : { wrong: file };
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw refuse(`${JSON.stringify(unknown)} is neither rules nor channels`);
  if (!isMapOfMaps(rules)) throw refuse('rules: a rule for each name is expected');
  if (!isMapOfMaps(channels)) throw refuse('channels: a channel for each name is expected');
  // The gateway knows nothing of files beside this one, and so cannot say which keys there are.
  for (const [name, one] of Object.entries(channels))
    checkChannelKeys(one, `channels.${name}`, ['urlFile', 'passwordFile', 'authorizationFile']);
  return { rules, channels: channels as AlertFile['channels'] };
}

async function channelOf(entry: ChannelEntry, folder: string): Promise<ChannelRequest> {
  const { urlFile, passwordFile, authorizationFile, ...rest } = entry;
  const from = async (key: string, file: string | undefined): Promise<Record<string, string>> =>
    file === undefined ? {} : { [key]: (await readFile(resolve(folder, file), 'utf8')).trim() };
  return {
    ...rest,
    ...(await from('url', urlFile)),
    ...(await from('password', passwordFile)),
    ...(await from('authorization', authorizationFile)),
  };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMapOfMaps(value: unknown): value is Readonly<Record<string, object>> {
  return isMap(value) && Object.values(value).every(isMap);
}
