import type { Level } from '../metrics/levels.ts';
import { AlertRows } from './alert-rows.ts';
import { AuditRows } from './audit-rows.ts';
import { BoardRows } from './board-rows.ts';
import { BuildRows } from './build-rows.ts';
import { CallRows } from './calls/call-rows.ts';
import { CaptureRows } from './capture-rows.ts';
import { Callees } from './callees.ts';
import { DesiredRows } from './desired-rows.ts';
import { ExitRows } from './exit-rows.ts';
import { LogRows } from './log-rows.ts';
import { MetricRows } from './metrics/metric-rows.ts';
import { NamespaceRows } from './namespace-rows.ts';
import { QueueRows } from './queue/queue-rows.ts';
import { ReportRows } from './report-rows.ts';
import { ScalingRows } from './scaling-rows.ts';
import type { Damage } from './sealed-rows.ts';
import { ScheduleRows } from './schedule-rows.ts';
import { SecretRows } from './secret-rows.ts';
import { TokenRows } from './token-rows.ts';
import type { DatabaseFile } from './database-file.ts';

/** What the main thread may call here, by name. */
export interface Parts {
  readonly alerts: AlertRows;
  readonly audit: AuditRows;
  readonly desired: DesiredRows;
  readonly tokens: TokenRows;
  readonly namespaces: NamespaceRows;
  readonly secrets: SecretRows;
  readonly builds: BuildRows;
  readonly queue: QueueRows;
  readonly schedules: ScheduleRows;
  readonly boards: BoardRows;
  readonly reports: ReportRows;
  readonly calls: CallRows;
  readonly logs: LogRows;
  readonly exits: ExitRows;
  readonly scalings: ScalingRows;
  readonly captures: CaptureRows;
  readonly metrics: MetricRows;
}

/** Opens all parts of a file and checks what has to be right from the start. Throws `storage_damaged`. */
export function openParts(
  file: DatabaseFile,
  at: number,
  report: (damage: Damage) => void,
  queueRoom?: number,
  metricLevels?: readonly Level[],
): Parts {
  const callees = new Callees(file, report);
  return {
    alerts: new AlertRows(file, at, report),
    audit: new AuditRows(file),
    desired: new DesiredRows(file, at, report),
    tokens: new TokenRows(file, at, report),
    namespaces: new NamespaceRows(file, at, report),
    secrets: new SecretRows(file, at, report),
    builds: new BuildRows(file, at, report),
    queue: new QueueRows(file, report, queueRoom),
    schedules: new ScheduleRows(file, at, report),
    boards: new BoardRows(file, at, report),
    reports: new ReportRows(file, at, report),
    calls: new CallRows(file, callees, report),
    logs: new LogRows(file, callees, report),
    exits: new ExitRows(file, callees, report),
    scalings: new ScalingRows(file, callees, report),
    captures: new CaptureRows(file, callees, report),
    metrics: new MetricRows(file, report, metricLevels),
  };
}
