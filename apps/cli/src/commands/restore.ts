import { resolve } from 'node:path';
import { type Command, dryRunOption } from '../command.ts';
import { dataFolder } from '../data-folder.ts';
import { usageError } from '../failures.ts';
import { describeBackup, describeRestored } from '../output/backup-text.ts';
import { homeOption, passphraseOf, passphraseOption } from './backup.ts';

export const command: Command = {
  name: 'restore',
  summary: 'Put a backup into a data folder, on this machine or another than it was made on.',
  details:
    'Everything is checked before anything is written. Without the key of its secrets (in the backup, by --key, or in the folder already)\n' +
    'those are lost and named; everything else is back. Calls that waited when it was made wait again, and run again.',
  arguments: [{ name: '<FILE>', says: 'the backup' }],
  options: [
    homeOption,
    { flags: '--key <FILE>', says: 'a copy of secrets.key, where the backup has none' },
    passphraseOption,
    { flags: '--no-keys', says: 'leave keys that are in the backup where they are' },
    { flags: '--force', says: 'also where something is: that is moved aside, never deleted' },
    dryRunOption,
  ],
  examples: [
    ['restore wherry.backup.tar.gz --key secrets.key', 'into ~/.wherry'],
    ['restore wherry.backup.tar.gz --home /tmp/tried --dry-run', 'would it work?'],
  ],
  related: ['backup', 'salvage'],
  async run(context) {
    const { args, cwd, options, output } = context;
    if (args[0] === undefined) throw usageError('the backup is missing', 'Write: wherry restore FILE');
    const { restoreBackup } = await dataFolder();
    const home = resolve(cwd, options.text('home') ?? context.home);
    const [key, passphrase, dryRun] = [
      options.text('key'),
      await passphraseOf(context),
      options.flag('dryRun'),
    ];
    const progress = output.progress(dryRun ? 'Checking' : 'Restoring');
    const restored = await restoreBackup({
      ...{ file: resolve(cwd, args[0]), home, now: Date.now(), dryRun },
      ...{ force: options.flag('force'), withoutKeys: !options.switchedOn('keys') },
      ...(key === undefined ? {} : { key: resolve(cwd, key) }),
      ...(passphrase === undefined ? {} : { passphrase }),
    }).finally(() => progress.stop());
    await output.result(dryRun ? { would: `restore into ${home}`, ...restored } : restored, () =>
      dryRun
        ? `${describeBackup(restored.backup)}\nWould restore it into ${home}`
        : describeRestored(restored, home),
    );
  },
};
