import type { Clock } from '@wherry/core/ports/clock';
import type { AuditLog } from '@wherry/core/ports/audit-log';
import type { CallbackSender } from '@wherry/core/ports/callback-sender';
import type { CallQueue } from '@wherry/core/ports/call-queue';
import type { Calendar } from '@wherry/core/ports/calendar';
import type { CallRecords } from '@wherry/core/ports/call-records';
import type { Captures } from '@wherry/core/ports/captures';
import type { DesiredState } from '@wherry/core/ports/desired-state';
import type { Forwarder } from '@wherry/core/ports/forwarder';
import type { Ids } from '@wherry/core/ports/ids';
import type { LogArchive } from '@wherry/core/ports/log-archive';
import type { Provider } from '@wherry/core/ports/provider';
import type { MetricHistory } from '@wherry/core/ports/metric-history';
import type { NamespaceStore } from '@wherry/core/ports/namespace-store';
import type { Queries } from '@wherry/core/ports/queries';
import type { ReportStore } from '@wherry/core/ports/report-store';
import type { ScalingRecords } from '@wherry/core/ports/scaling-records';
import type { ScheduleStore } from '@wherry/core/ports/schedule-store';
import type { SecretStore } from '@wherry/core/ports/secret-store';
import type { TokenStore } from '@wherry/core/ports/token-store';
import type { WebhookSignatures } from '@wherry/core/ports/webhook-signatures';
import type { PolicyDefaults } from '@wherry/core/rules/policy';
import type { Backups } from '@wherry/core/ports/backups';
import type { BoardStore } from '@wherry/core/ports/board-store';
import type { BuildCatalogue } from '@wherry/core/ports/build-catalogue';
import type { Builder } from '@wherry/core/ports/builder';
import type { StoreCatalogue } from '@wherry/core/ports/store-catalogue';
import type { PackageStore } from '@wherry/core/ports/package-store';
import type { AdminToken, TokenHash } from './access/token-book.ts';
import type { AlertAdapters, AlertSettings } from './alerts/alert-parts.ts';
import type { BackupRules } from './backups/backup-book.ts';
import type { CaptureSettings } from './capture/capture-book.ts';
import type { RouteRules } from './functions/own-routes.ts';
import type { QueueSettings } from './queue/queue-book.ts';
import type { Tracing } from './traces/tracer.ts';

/** Everything from outside that the platform works with. */
export interface PlatformParts extends AlertAdapters {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly provider: Provider;
  readonly forwarder: Forwarder;
  readonly desired: DesiredState;
  readonly records: CallRecords;
  readonly captures: Captures;
  readonly logs: LogArchive;
  readonly scalings: ScalingRecords;
  /** Numbers over time, and the language in which they are asked for. */
  readonly history: MetricHistory;
  readonly queries: Queries;
  readonly audit: AuditLog;
  readonly tokens: TokenStore;
  readonly namespaces: NamespaceStore;
  readonly secrets: SecretStore;
  readonly packages: PackageStore;
  readonly builder: Builder;
  readonly builds: BuildCatalogue;
  readonly store: StoreCatalogue;
  readonly queue: CallQueue;
  readonly callbacks: CallbackSender;
  readonly schedules: ScheduleStore;
  readonly boards: BoardStore;
  readonly reports: ReportStore;
  readonly calendar: Calendar;
  readonly signatures: WebhookSignatures;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly backups: Backups;
  /** Where calls are traced to. */
  readonly tracing?: Tracing | undefined;
  readonly adminToken: AdminToken;
  readonly hash: TokenHash;
  readonly memory: { readonly budgetBytes: number; readonly machineBytes: number; available(): number };
  /** For the operator's log. */
  readonly problem: (message: string) => void;
}

/** What the operator decides. */
export interface PlatformSettings {
  readonly defaults: PolicyDefaults;
  readonly functionsArePublic: boolean;
  /** Also versions that no name leads to; then everybody who reaches the gateway is at home on its machine. */
  readonly versionsArePublic: boolean;
  readonly routes: RouteRules;
  readonly maxWaiting: number;
  readonly maxBodyBytes: number;
  readonly stopGraceMs: number;
  /** Builds at once. */
  readonly buildsAtOnce: number;
  /** Starts at once of further instances, beside those of functions that have none. */
  readonly startsAtOnce: number;
  /** How long calls under way may take when the gateway stops. */
  readonly drainMs: number;
  readonly records: { readonly maxAgeMs: number; readonly maxBytes: number };
  readonly captures: CaptureSettings;
  readonly logs: { readonly maxAgeMs: number; readonly maxBytes: number };
  /** How instances ended. */
  readonly exits: { readonly maxAgeMs: number; readonly maxBytes: number };
  readonly metrics: { readonly maxBytes: number };
  readonly audit: { readonly maxAgeMs: number };
  readonly queue: QueueSettings;
  readonly alerts: AlertSettings;
  /** Whether a host, with its port where one is named, is this gateway. */
  readonly isOwnHost: (host: string) => boolean;
  readonly backups: BackupRules;
}
