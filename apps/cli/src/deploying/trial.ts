import { type CanaryRequest, parseSticky, stickyRule } from '@wherry/wire/version-requests';
import type { VersionList } from '@wherry/wire/versions';
import { usageError } from '../failures.ts';
import type { Options } from '../options.ts';
import { dotted } from './deployed.ts';

/** What `--canary` and `--sticky` of a deploy say; undefined where the new version takes all calls. */
export function trialOf(options: Options): CanaryRequest | undefined {
  const [share, sticky] = [options.text('canary'), options.text('sticky')];
  if (share === undefined) {
    if (sticky === undefined) return undefined;
    throw usageError('--sticky says which calls stay together, and all go to one version', 'Add --canary 10');
  }
  if (sticky !== undefined && parseSticky(sticky) === undefined)
    throw usageError(`--sticky: ${JSON.stringify(sticky)} ${stickyRule}`, 'Write it as --sticky client');
  const percent = percentOf(share, '--canary 10');
  return { percent, ...(sticky === undefined ? {} : { sticky }) };
}

export function percentOf(text: string, example: string): number {
  const percent = /^\d{1,3}%?$/.test(text) ? Number.parseInt(text, 10) : Number.NaN;
  if (percent <= 100) return percent;
  throw usageError(`${JSON.stringify(text)} is not a whole number of per cent`, `Write it as ${example}`);
}

/** For looking before a change: throws where no version is being tried. */
export function triedVersion(list: VersionList): number {
  if (list.canary !== undefined) return list.canary.version;
  throw usageError(
    `no version of ${list.name} is being tried`,
    `Try one: wherry deploy ${dotted(list)} --from PATH --canary 10`,
  );
}

export function trialText({ percent, sticky }: CanaryRequest): string {
  const rest = percent === 100 ? '' : '; the live version takes the rest';
  return `the new version takes ${percent} % of the calls${sticky === undefined ? '' : `, sticky by ${sticky}`}${rest}`;
}

/** What to do with a version that is being tried. */
export function trialSteps(spelt: string): string {
  return [
    '',
    `  Watch it:       wherry versions ${spelt}`,
    `  More of them:   wherry canary ${spelt} 50`,
    `  Take it:        wherry promote ${spelt}`,
    `  End the trial:  wherry abort ${spelt}`,
  ].join('\n');
}
