import type { VersionList } from '@wherry/wire/versions';

/** With fewer than these on the list, none was given up for others. */
const mostKept = 10;

/** What became of the numbers between two versions on the list that follow each other; undefined where there are none. */
export function gapText(
  { versions, failedDeploy }: Pick<VersionList, 'versions' | 'failedDeploy'>,
  newer: number,
  older: number | undefined,
): string | undefined {
  if (older === undefined || newer - older < 2) return undefined;
  const [first, last] = [older + 1, newer - 1];
  const which = first === last ? `Version ${first}` : `Versions ${first} to ${last}`;
  if (first === last && failedDeploy?.version === first) return `${which} did not start`;
  return versions.length < mostKept
    ? `${which} never took calls`
    : `${which} never took calls, or ${first === last ? 'is' : 'are'} no longer kept`;
}
