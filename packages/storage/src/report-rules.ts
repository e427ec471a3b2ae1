import type { Report } from '@wherry/core/report';

export function byAge(a: Pick<Report, 'madeAt' | 'id'>, b: Pick<Report, 'madeAt' | 'id'>): number {
  return b.madeAt - a.madeAt || (a.id < b.id ? 1 : -1);
}

export function withoutFigures(report: Report): Omit<Report, 'figures'> {
  const { figures: _, ...head } = report;
  return head;
}
