import type { ScalingDecision } from '@wherry/wire/scaling';
import { escapeLine } from './escape.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

/** Decisions over instances, one a line: what was wanted, what came of it, and why. */
export function scalingTable(decisions: readonly ScalingDecision[], style: Style, columns: number): string {
  return table<ScalingDecision>(
    [
      { head: 'TIME', cell: ({ at }) => at.replace(/(\.\d{3})\d*Z$/, '$1Z') },
      {
        head: 'DECISION',
        cell: ({ kind }) => kind,
        paint: (text, { kind }) => (kind === 'held' ? style.warn(text) : text),
      },
      { head: 'FROM', cell: ({ from }) => String(from), right: true },
      { head: 'WANTED', cell: ({ wanted }) => String(wanted), right: true },
      { head: 'ACTUAL', cell: ({ actual }) => String(actual), right: true },
      { head: 'VERSION', cell: ({ version }) => String(version), right: true },
      { head: 'WHY', cell: ({ reason }) => escapeLine(reason), shrinks: true },
    ],
    decisions,
    columns,
  );
}
