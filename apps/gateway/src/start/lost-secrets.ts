import type { Platform } from '@wherry/engine/platform';
import type { Log } from '../machine/log.ts';

/** Functions that have them do not start until they are written anew: better known now than from the first call. */
export async function tellLostSecrets(
  secrets: Platform['secrets'],
  keysFile: string,
  log: Log,
): Promise<void> {
  const lost = await secrets.unreadable();
  if (lost.length === 0) return;
  const [what, whose] =
    lost.length === 1 ? ['1 secret', 'its key is'] : [`${lost.length} secrets`, 'their keys are'];
  log.problem(`${what} cannot be read: ${whose} not in ${keysFile}. Put the file back, or write them anew`);
}
