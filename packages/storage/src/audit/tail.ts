import type { AuditHead, ChainedRecord } from '@wherry/core/audit-record';
import type { AuditKey } from './audit-key.ts';
import { linkHash } from './chain.ts';

/**
 * What is wrong with the end of a chain, held against what is noted of it; undefined where nothing is. A crash between record and note
 * leaves records behind the noted one: they have to prove themselves.
 */
export function tailFault(
  noted: AuditHead,
  key: AuditKey,
  last: number,
  read: (after: number) => readonly ChainedRecord[],
): string | undefined {
  if (last < noted.seq)
    return `the end of the log is gone: it ends with record ${last}, and ${noted.seq} were written`;
  let previous: AuditHead = noted;
  if (noted.seq > 0) {
    const [row] = read(noted.seq - 1);
    if (row?.seq !== noted.seq || row.hash !== noted.hash)
      return `record ${noted.seq} is not the one that was written`;
  }
  while (previous.seq < last) {
    for (const row of read(previous.seq)) {
      if (row.seq !== previous.seq + 1) return `record ${previous.seq + 1} is gone`;
      const proved = row.key === key.id && key.proves(row.hash, row.mac);
      if (!proved || linkHash(previous.hash, row.body) !== row.hash)
        return `record ${row.seq} was not written by this gateway`;
      previous = row;
    }
  }
  return undefined;
}
