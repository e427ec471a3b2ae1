import type { AuditRecord } from '@wherry/core/audit-record';
import type { FunctionName } from '@wherry/core/names';
import type { AuditLog, AuditQuery } from '@wherry/core/ports/audit-log';
import type { MetricHistory } from '@wherry/core/ports/metric-history';
import type { Queries } from '@wherry/core/ports/queries';
import type { ReportedChange, ReportedFunction, ReportFigures, ReportTotals } from '@wherry/core/report';
import type { Period } from '../periods/periods.ts';
import type { UsageBook, UsageRow } from '../usage/usage-book.ts';
import { percentiles } from './percentiles.ts';

export interface FigureParts {
  readonly usage: UsageBook;
  readonly history: MetricHistory;
  readonly queries: Queries;
  readonly audit: Pick<AuditLog, 'find'>;
}

const mostFunctions = 20;
const mostFailures = 10;
const mostChanges = 30;
/** Records that are looked at, of one kind. */
const mostRecords = 1_000;

const deploys = [
  ...['deployFunction', 'updateFunction', 'deleteFunction', 'rollback', 'promote', 'abort'],
  ...['shareCanary', 'setAlias', 'removeAlias'],
];
const sensitive = [
  ...['createToken', 'deleteToken', 'rotateToken', 'createExportLink', 'rotateSecretKey', 'callbackKey'],
  ...['backup', 'exportAudit'],
];

const none: ReportTotals = { calls: 0, errors: 0, cold: 0, wakeSeconds: 0, gbSeconds: 0, cpuSeconds: 0 };

/** Everything that a report says. What cannot be found out is said so, and keeps the rest from nobody. */
export async function figuresOf(
  parts: FigureParts,
  period: Period,
  before: Period,
  namespace: string | undefined,
): Promise<ReportFigures> {
  const gaps: string[] = [];
  const tried = async <T>(what: string, work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      gaps.push(`${what} could not be read: ${(error as Error).message}`);
      return otherwise;
    }
  };
  const may = (of: FunctionName): boolean => namespace === undefined || of.namespace === namespace;
  const rows = (of: Period) =>
    tried('What functions used', () => usageOf(parts.usage, of, may), [] as readonly UsageRow[]);
  const failures = (of: Period) => tried('Failures', () => parts.usage.failures({ ...of, may }), []);
  const [now, then] = [await rows(period), await rows(before)];
  const [failed, failedBefore] = [await failures(period), await failures(before)];
  const slow = (of: Period) =>
    tried('Percentiles', () => percentiles(parts, of, namespace), { all: {}, byFunction: new Map() });
  const [durations, durationsBefore] = [await slow(period), await slow(before)];
  const earlier = new Map(then.map((row) => [keyOf(row), row]));
  const functions = [...now]
    .sort((a, b) => b.calls - a.calls || (keyOf(a) < keyOf(b) ? -1 : 1))
    .slice(0, mostFunctions)
    .map((used): ReportedFunction => {
      const { from: _, to: __, ...row } = used;
      const [key, durationsOf] = [keyOf(row), durations.byFunction.get(keyOf(row))];
      const { calls: callsBefore = 0, errors: errorsBefore = 0 } = earlier.get(key) ?? {};
      return { ...row, ...durationsOf, callsBefore, errorsBefore };
    });
  const done = { outcome: 'done', ...(namespace === undefined ? {} : { namespace }) } as const;
  const changed = await tried('Deploys', () => records(parts.audit, deploys, period, done), []);
  return {
    totals: { ...sumOf(now), ...durations.all },
    before: { ...sumOf(then), ...durationsBefore.all },
    ...{ functions, functionCount: now.length },
    failures: failed.slice(0, mostFailures).map((one) => ({
      ...one,
      callsBefore:
        failedBefore.find((other) => keyOf(other) === keyOf(one) && other.status === one.status)?.calls ?? 0,
    })),
    ...{ deploys: changed.slice(0, mostChanges).map(changeOf), deployCount: changed.length },
    ...(namespace === undefined
      ? { security: await tried('Security events', () => securityOf(parts.audit, period), nothing) }
      : {}),
    gaps,
  };
}

async function usageOf(
  usage: UsageBook,
  { from, to }: Period,
  may: (of: FunctionName) => boolean,
): Promise<readonly UsageRow[]> {
  const pages = await Array.fromAsync(usage.rows({ from, to, zone: 'UTC', by: 'function', may }));
  return pages.flat();
}

function sumOf(rows: readonly UsageRow[]): ReportTotals {
  return rows.reduce(
    (sum, row) => ({
      calls: sum.calls + row.calls,
      errors: sum.errors + row.errors,
      cold: sum.cold + row.cold,
      wakeSeconds: sum.wakeSeconds + row.wakeSeconds,
      gbSeconds: sum.gbSeconds + row.gbSeconds,
      cpuSeconds: sum.cpuSeconds + row.cpuSeconds,
    }),
    none,
  );
}

const nothing: NonNullable<ReportFigures['security']> = {
  ...{ refusals: [], refusalCount: 0, changes: [], changeCount: 0 },
};

async function securityOf(
  audit: FigureParts['audit'],
  period: Period,
): Promise<NonNullable<ReportFigures['security']>> {
  const refused = await records(audit, [undefined], period, { outcome: 'refused' });
  const kinds = new Map<string, { error: string; who: string; count: number }>();
  for (const { error = '', who, from, count = 1 } of refused) {
    const whose = who === '' ? `nobody known, from ${from}` : who;
    const kind = kinds.get(`${error} ${whose}`) ?? { error, who: whose, count: 0 };
    kind.count += count;
    kinds.set(`${error} ${whose}`, kind);
  }
  const refusals = [...kinds.values()].sort((a, b) => b.count - a.count);
  const changes = await records(audit, sensitive, period, { outcome: 'done' });
  return {
    refusals: refusals.slice(0, mostFailures),
    refusalCount: refusals.reduce((sum, { count }) => sum + count, 0),
    ...{ changes: changes.slice(0, mostChanges).map(changeOf), changeCount: changes.length },
  };
}

/** Newest first. */
async function records(
  audit: FigureParts['audit'],
  whats: readonly (string | undefined)[],
  { from, to }: Period,
  more: Partial<AuditQuery>,
): Promise<readonly AuditRecord[]> {
  const found: AuditRecord[] = [];
  for (const what of whats)
    found.push(
      ...(await audit.find({
        ...{ since: from, until: to - 1, limit: mostRecords, ...more },
        ...(what === undefined ? {} : { what }),
      })),
    );
  return found.sort((a, b) => b.seq - a.seq);
}

function changeOf({ at, who, what, namespace, name }: AuditRecord): ReportedChange {
  const on = [name, namespace].filter((part) => part !== undefined && part !== '').join('.');
  return { at, who, what, on };
}

const keyOf = ({ namespace, name }: FunctionName): string => `${name}.${namespace}`;
