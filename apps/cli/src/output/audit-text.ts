import type { AuditEntryInfo, AuditState } from '@wherry/wire/audit';
import { counted } from './backup-text.ts';
import { escapeLine } from './escape.ts';
import { pairs } from './table.ts';

/** What a record is about: `hello.team-a`. */
export function targetText({ namespace, name }: AuditEntryInfo): string {
  return [name, namespace].filter((part) => part !== undefined).join('.');
}

export function changeText({ change = {} }: AuditEntryInfo): string {
  return Object.entries(change)
    .map(([what, text]) => `${what}: ${text}`)
    .join(', ');
}

export function describeRecord(record: AuditEntryInfo): string {
  const { change = {}, ...rest } = record;
  const lines = [...Object.entries(rest), ...Object.entries(change)];
  return pairs(lines.map(([label, value]) => [escapeLine(label), escapeLine(String(value))]));
}

const meanings = {
  changed: 'it was changed after it was written',
  missing: 'it was taken out',
  cut: 'the end was cut off, or an older copy was put in its place',
  reordered: 'it is not in its place',
  inserted: 'somebody put it in',
  replaced: 'the log is another one than was written',
  unproved: 'what proves the end is damaged or gone',
};

/** The first fault first: what comes after it may follow from it. */
export function describeVerdict({ verifies, records, first, head, faults, accepted }: AuditState): string {
  const where =
    records === 0 ? 'no records' : `${counted(records, 'record', 'records')}, ${first} to ${head.seq}`;
  const lines = [
    verifies ? `The log verifies: ${where}` : `The log does NOT verify: ${where}`,
    `Head: ${head.seq}:${head.hash}`,
  ];
  for (const { seq, to, kind, says } of faults)
    lines.push(
      `  record ${seq}${to === seq ? '' : ` to ${to}`} ${kind}: ${meanings[kind]} (${escapeLine(says)})`,
    );
  for (const { seq, to, kind } of accepted)
    lines.push(`  record ${seq}${to === seq ? '' : ` to ${to}`} ${kind}: accepted in a later record`);
  return lines.join('\n');
}
