import type {
  AuditFault,
  AuditHead,
  AuditRecord,
  AuditVerdict,
  ChainedRecord,
} from '@wherry/core/audit-record';
import type { AuditKey } from './audit-key.ts';
import { beginning, linkHash, recordIn } from './chain.ts';

const mostFaults = 10_000;
/** The record that says up to where older ones were dropped. */
export const pruneRecord = 'audit.prune';

/** Reads a chain once, record by record, and says where it is not what was written. Holds no more than its faults. */
export class ChainCheck {
  readonly #key: AuditKey | undefined;
  readonly #faults: AuditFault[] = [];
  readonly #accepted = new Set<string>();
  /** Records from this number on are not below a head that was proved: each has to prove itself. */
  readonly #proved: number;
  readonly #others: boolean;
  #records = 0;
  #first: ChainedRecord | undefined;
  #anchored = false;
  #last: AuditHead = beginning;

  /** `proved`: up to which record a head is known that can be trusted. `others`: records by other keys are let pass, as after a restore. */
  constructor(key: AuditKey | undefined, proved: number, others = false) {
    this.#key = key;
    this.#others = others;
    this.#proved = proved;
  }

  take(row: ChainedRecord): void {
    this.#records += 1;
    const { seq } = row;
    const expected = this.#last.seq + 1;
    if (this.#first === undefined) this.#first = row;
    else if (seq > expected) this.#fault('missing', expected, `it is gone`, seq - 1);
    else if (seq < expected) return this.#fault('reordered', seq, 'it stands behind a later one');
    const record = recordIn(row.body);
    const previous = this.#last;
    this.#last = { seq, hash: row.hash };
    if (record === undefined) return this.#fault('changed', seq, 'it is no record');
    if (record.seq !== seq)
      return this.#fault('reordered', seq, `in its place is what was number ${record.seq}`);
    const judged = this.#records > 1 && previous.seq === seq - 1;
    const fits = seq === 1 || judged ? linkHash(previous.hash, row.body) === row.hash : undefined;
    if (this.#key !== undefined && row.key === this.#key.id && !this.#key.proves(row.hash, row.mac))
      return this.#fault('changed', seq, 'its hash is not the one that was written');
    if (fits === false) return this.#fault('changed', seq, 'it is not what its hash was made of');
    if (!this.#others && seq > this.#proved && this.#key !== undefined && row.key !== this.#key.id)
      return this.#fault('inserted', seq, 'nothing proves that this gateway wrote it');
    this.#remember(record);
  }

  /** `head`: what is noted apart from the chain, where there is something. */
  finish(head: AuditHead | undefined): AuditVerdict {
    const first = this.#first?.seq ?? 0;
    if (first > 1 && !this.#anchored)
      this.#faults.unshift({
        ...{ kind: 'missing', seq: 1, to: first - 1 },
        says: 'the beginning is gone, and no record says that it was dropped',
      });
    if (head !== undefined && head.seq === this.#last.seq && head.hash !== this.#last.hash)
      this.#fault('replaced', head.seq, 'it is another one than is noted apart from the chain');
    if (head !== undefined && head.seq > this.#last.seq)
      this.#fault('cut', this.#last.seq + 1, 'the end is gone: what is noted apart is newer', head.seq);
    const known = (fault: AuditFault): boolean => this.#accepted.has(faultKey(fault));
    return {
      ...{ records: this.#records, first, head: this.#last },
      faults: this.#faults.filter((fault) => !known(fault)),
      accepted: this.#faults.filter(known),
    };
  }

  /** Whether the record that the head names is the one that is here. */
  hold(row: ChainedRecord, head: AuditHead, end: number): void {
    if (row.seq === head.seq && row.seq !== end && row.hash !== head.hash)
      this.#fault('replaced', row.seq, 'it is another one than is noted apart from the chain');
  }

  /** A line that is neither record nor head. */
  garbled(line: number): void {
    this.#fault('changed', this.#last.seq + 1, `line ${line} is no record`);
  }

  cutHere(says: string): void {
    this.#fault('cut', this.#last.seq + 1, says);
  }

  unproved(seq: number, says: string): void {
    this.#fault('unproved', seq, says);
  }

  #remember({ what, change = {} }: AuditRecord): void {
    if (what === pruneRecord) {
      const first = this.#first as ChainedRecord;
      if (Number(change['upTo']) === first.seq - 1)
        this.#anchored = linkHash(String(change['hash']), first.body) === first.hash;
    }
    for (const one of (change['accepts'] ?? '').split(' ')) if (one !== '') this.#accepted.add(one);
  }

  #fault(kind: AuditFault['kind'], seq: number, says: string, to = seq): void {
    if (this.#faults.length < mostFaults) this.#faults.push({ kind, seq, to, says });
  }
}

/** How a record that accepts a fault names it. */
export function faultKey({ kind, seq, to }: AuditFault): string {
  return to === seq ? `${kind}:${seq}` : `${kind}:${seq}-${to}`;
}
