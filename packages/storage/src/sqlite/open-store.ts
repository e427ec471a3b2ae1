import { join } from 'node:path';
import type { AlertStore } from '@wherry/core/ports/alert-store';
import type { AuditLog } from '@wherry/core/ports/audit-log';
import type { BoardStore } from '@wherry/core/ports/board-store';
import type { BuildCatalogue } from '@wherry/core/ports/build-catalogue';
import type { CallQueue } from '@wherry/core/ports/call-queue';
import type { CallRecords } from '@wherry/core/ports/call-records';
import type { Captures } from '@wherry/core/ports/captures';
import type { DesiredState } from '@wherry/core/ports/desired-state';
import type { LogArchive } from '@wherry/core/ports/log-archive';
import type { MetricHistory } from '@wherry/core/ports/metric-history';
import type { NamespaceStore } from '@wherry/core/ports/namespace-store';
import type { ReportStore } from '@wherry/core/ports/report-store';
import type { ScalingRecords } from '@wherry/core/ports/scaling-records';
import type { ScheduleStore } from '@wherry/core/ports/schedule-store';
import type { SecretStore } from '@wherry/core/ports/secret-store';
import type { TokenStore } from '@wherry/core/ports/token-store';
import type { Level } from '../metrics/levels.ts';
import { SecretKeys } from '../secrets/secret-keys.ts';
import { SqliteAlertStore } from './alert-store.ts';
import { SqliteAuditLog } from './audit-log.ts';
import { SqliteBoardStore } from './board-store.ts';
import { SqliteBuildCatalogue } from './build-catalogue.ts';
import { Backlog, type Losses } from './backlog.ts';
import { SqliteCallQueue } from './queue/call-queue.ts';
import { SqliteCallRecords } from './calls/call-records.ts';
import { SqliteCaptures } from './captures.ts';
import { SqliteDesiredState } from './desired-state.ts';
import { SqliteLogArchive } from './log-archive.ts';
import { SqliteMetricHistory } from './metrics/metric-history.ts';
import { SqliteNamespaceStore } from './namespace-store.ts';
import { SqliteReportStore } from './report-store.ts';
import { SqliteScheduleStore } from './schedule-store.ts';
import type { Damage } from './sealed-rows.ts';
import { SqliteScalingRecords } from './scaling-records.ts';
import { SqliteSecretStore } from './secret-store.ts';
import { SqliteThread } from './sqlite-thread.ts';
import { SqliteTokenStore } from './token-store.ts';

/** Most bytes of history that wait for the database before more is dropped: two seconds at the highest rate measured. */
const mostBacklog = 32 * 2 ** 20;

export interface StoreOptions {
  /** The data folder. Made where it is missing, for its owner only. */
  readonly home: string;
  /** The file with the keys of the secrets; beside the database unless it is named. */
  readonly secretKeys?: string;
  now(): number;
  /** How many bytes the database may hold before the queue takes no more; without it, what the disk has. */
  readonly queueRoom?: number;
  /** How finely numbers over time are kept, and for how long; for a data folder always the same. */
  readonly metricLevels?: readonly Level[];
  /** Told of every row that was stored and is no longer sound, once for each time the file is opened. Nothing of it is served. */
  onDamage?(damage: Damage): void;
}

/** The embedded store: everything a gateway keeps but packages, in one file. */
export interface Store {
  readonly alerts: AlertStore;
  readonly audit: AuditLog;
  readonly desiredState: DesiredState;
  readonly records: CallRecords;
  readonly logs: LogArchive;
  readonly scalings: ScalingRecords;
  readonly captures: Captures;
  readonly tokens: TokenStore;
  readonly namespaces: NamespaceStore;
  readonly secrets: SecretStore;
  readonly builds: BuildCatalogue;
  readonly queue: CallQueue;
  readonly schedules: ScheduleStore;
  readonly boards: BoardStore;
  readonly reports: ReportStore;
  readonly metrics: MetricHistory;
  /** Reads all of the history and reports, to `onDamage`, what is no longer what was written; other work goes first. */
  scrub(): Promise<void>;
  /** What of the history could not be kept since the start. */
  losses(): Losses;
  /** Finishes the writes that were asked for, and lets go of the data folder. */
  close(): Promise<void>;
}

/**
 * Opens the store of a data folder, and keeps every other gateway out of it until it is closed or the process dies. Throws
 * `home_in_use`, `data_newer`, `storage_full` or `storage_failed`.
 */
export async function openStore({
  home,
  secretKeys,
  now,
  queueRoom = Infinity,
  metricLevels,
  onDamage,
}: StoreOptions): Promise<Store> {
  const thread = new SqliteThread(
    () => ({ home, at: now(), queueRoom, metricLevels }),
    onDamage ?? (() => {}),
  );
  await thread.open();
  const keys = await keysOf(secretKeys ?? join(home, 'secrets.key'), thread);
  const backlog = new Backlog(mostBacklog);
  const metrics = new SqliteMetricHistory(thread, backlog);
  const captures = new SqliteCaptures(thread, backlog, keys);
  const audit = new SqliteAuditLog(thread);
  return {
    alerts: new SqliteAlertStore(thread),
    audit,
    desiredState: new SqliteDesiredState(thread),
    records: new SqliteCallRecords(thread, backlog),
    logs: new SqliteLogArchive(thread, backlog),
    scalings: new SqliteScalingRecords(thread, backlog),
    captures,
    tokens: new SqliteTokenStore(thread),
    namespaces: new SqliteNamespaceStore(thread),
    secrets: new SqliteSecretStore(thread, keys, (fresh) => captures.reseal(fresh)),
    boards: new SqliteBoardStore(thread),
    builds: new SqliteBuildCatalogue(thread),
    queue: new SqliteCallQueue(thread),
    schedules: new SqliteScheduleStore(thread),
    reports: new SqliteReportStore(thread),
    metrics,
    async scrub() {
      for (const part of ['calls', 'logs', 'exits', 'scalings', 'captures', 'metrics'] as const)
        await thread.ask(part, 'scrub', []);
      for (const { seq, kind, says } of (await audit.verify()).faults)
        onDamage?.({ origin: 'audit', key: `record ${seq}`, reason: `${kind}: ${says}` });
    },
    losses: () => backlog.losses,
    async close() {
      // Where the disk does not take it, it is lost, and nobody is there any more to be told.
      await metrics.flush().catch(() => {});
      await thread.close();
    },
  };
}

/** A key file that cannot be used keeps the store shut: secrets must not be written with a second key by mistake. */
async function keysOf(path: string, thread: SqliteThread): Promise<SecretKeys> {
  try {
    return new SecretKeys(path);
  } catch (error) {
    await thread.close();
    throw error;
  }
}
