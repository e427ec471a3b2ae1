import type { OptionSpec } from '../command.ts';

/** For every command that builds. Those of faas-cli that mean something only with an engine are taken and have no effect. */
export const buildOptions: readonly OptionSpec[] = [
  { flags: '-b, --build-arg <KEY=VALUE>', says: 'an argument of the build; repeatable', repeats: true },
  { flags: '--no-cache', says: 'build even what was built before' },
  {
    flags: '--allow <FILE>',
    says: 'a file that the search for secrets shall let through; repeatable',
    repeats: true,
  },
  { flags: '--parallel <COUNT>', says: 'functions that are built at once (4)' },
  ...[
    '--squash',
    '--pull',
    '--disable-stack-pull',
    '--overwrite',
    '--reset-qemu',
    '--read-template',
    '--quiet',
  ].map((flags): OptionSpec => ({ flags, says: 'accepted: there is no engine', hidden: true })),
  ...['--build-option <NAME>', '--build-label <KEY=VALUE>', '--copy-extra <PATH>', '--extra-tag <TAG>'].map(
    (flags): OptionSpec => ({ flags, says: 'accepted', hidden: true, repeats: true }),
  ),
  ...[
    '--tag <FORMAT>',
    '--platforms <LIST>',
    '--remote-builder <URL>',
    '--payload-secret <FILE>',
    '--builder-public-key <FILE>',
  ].map((flags): OptionSpec => ({ flags, says: 'accepted: the gateway builds', hidden: true })),
];
