import type { CallRecord } from '@wherry/core/call-record';
import { triggers } from '../../calls/pack-calls.ts';
import { bloomBytes } from '../callee-filter.ts';
import type { Callees } from '../callees.ts';
import type { DatabaseFile } from '../database-file.ts';
import { sealOf } from '../history-seal.ts';
import { storable } from '../storable-text.ts';
import { packUuid } from '../uuid.ts';

const orNone = (text: string | undefined): string | Uint8Array | null =>
  text === undefined ? null : storable(text);

/** Writes calls as before schema 15, a row each, into a file that has none; no more than a block has. */
export function writeSingleCalls(file: DatabaseFile, callees: Callees, records: readonly CallRecord[]): void {
  const { history } = file;
  file.transaction(history, () => {
    const row = history.prepare(`INSERT INTO calls VALUES (${'?,'.repeat(21)}?)`);
    const link = history.prepare('INSERT INTO call_links VALUES (?, ?, ?, ?)');
    const counts = new Map<number, number>();
    for (const [index, one] of records.entries()) {
      const seq = index + 1;
      const id = new Uint8Array(16);
      const callee = one.deployment === undefined ? 0 : callees.number(one.deployment);
      if (callee > 0) counts.set(callee, (counts.get(callee) ?? 0) + 1);
      const target = one.deployment?.name === one.target ? null : storable(one.target);
      const values = [
        ...[seq, packUuid(one.id, id, 0) ? id : storable(one.id), orNone(one.alias)],
        ...[triggers.indexOf(one.trigger), callee, one.deployment?.version ?? null, target],
        ...[orNone(one.instance), storable(one.method), storable(one.path), one.startedAt, one.totalMs],
        ...[one.waitMs, one.wakeMs, one.runMs, one.cold ? 1 : 0, one.status, one.bytesIn, one.bytesOut],
        ...[orNone(one.error), orNone(one.fault)],
      ] as const;
      row.run(...values, sealOf('calls', values));
      if (one.traceId === undefined && one.replayOf === undefined) continue;
      const links = [seq, orNone(one.traceId), orNone(one.replayOf)] as const;
      link.run(...links, sealOf('call_links', links));
    }
    const times = records.map(({ startedAt }) => startedAt);
    const all = new Uint8Array(bloomBytes).fill(0xff);
    const block = [
      0,
      records.length,
      records.length * 100,
      Math.min(...times),
      Math.max(...times),
      all,
    ] as const;
    history
      .prepare('INSERT INTO call_blocks VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(...block, sealOf('call_blocks', block));
    callees.count(counts);
  });
}
