import type { OptionSpec } from '../command.ts';

/** What flags may change of what a stack file says. */
export const deployOptions: readonly OptionSpec[] = [
  { flags: '-e, --env <KEY=VALUE>', says: 'an environment variable; repeatable', repeats: true },
  { flags: '-l, --label <KEY=VALUE>', says: 'a label; repeatable', repeats: true },
  { flags: '--annotation <KEY=VALUE>', says: 'an annotation; repeatable', repeats: true },
  { flags: '--secret <NAME>', says: 'a secret it may read; repeatable', repeats: true },
  { flags: '--constraint <TEXT>', says: 'where it may run', repeats: true, hidden: true },
  { flags: '--readonly', says: 'read-only root', hidden: true },
  { flags: '--replace', says: 'accepted: deploying always replaces', hidden: true },
  { flags: '--update', says: 'accepted: deploying always updates', hidden: true },
];
