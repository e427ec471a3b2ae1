import type { Clock } from '@wherry/core/ports/clock';
import type { AlertStore } from '@wherry/core/ports/alert-store';
import type { Ids } from '@wherry/core/ports/ids';
import type { MetricHistory } from '@wherry/core/ports/metric-history';
import type { NoticeSender } from '@wherry/core/ports/notice-sender';
import type { Patterns } from '@wherry/core/ports/patterns';
import type { Queries } from '@wherry/core/ports/queries';
import type { SecretStore } from '@wherry/core/ports/secret-store';
import type { AlertPace } from '@wherry/core/rules/alert-groups';
import type { AuditBook } from '../audit/audit-book.ts';
import type { EventBook } from '../events/event-book.ts';
import type { FunctionTable } from '../functions/function-table.ts';
import type { QueueBook } from '../queue/queue-book.ts';
import type { LogBook } from '../record/log-book.ts';

/** What only alerting needs from outside. */
export interface AlertAdapters {
  readonly alerts: AlertStore;
  readonly patterns: Patterns;
  readonly notices: NoticeSender;
}

/** What alerting works with. */
export interface AlertParts extends AlertAdapters {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly history: MetricHistory;
  readonly queries: Queries;
  readonly secrets: SecretStore;
  readonly functions: Pick<FunctionTable, 'get' | 'list'>;
  readonly logs: Pick<LogBook, 'followAll' | 'read'>;
  readonly queue: Pick<QueueBook, 'submit' | 'notify' | 'find' | 'lanes' | 'cancel' | 'discard'>;
  readonly audit: Pick<AuditBook, 'did'>;
  /** Names of the reports that a channel gets. */
  readonly reportsTo: (channel: string) => Promise<readonly string[]>;
  readonly events: Pick<EventBook, 'tell'>;
  readonly problem: (message: string) => void;
}

/** What the operator decides about alerts. */
export interface AlertSettings extends AlertPace {
  /** How often rules are looked at. */
  readonly everyMs: number;
  /** The address that messages name as where they come from; known once the gateway listens. */
  readonly source: () => string;
}
