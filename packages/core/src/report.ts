/** Reports are of days, weeks (from Monday) and months. */
export const reportLengths = ['day', 'week', 'month'] as const;
export type ReportLength = (typeof reportLengths)[number];

/** Who wants which report, and where it goes. */
export interface ReportSubscription {
  readonly name: string;
  readonly every: ReportLength;
  /** Whose days; an IANA time zone. */
  readonly zone: string;
  /** When it is made, in minutes after midnight on the day after the period. */
  readonly at: number;
  /** Only of this namespace; all of them where it is left out. */
  readonly namespace?: string;
  readonly channels: readonly string[];
  /** Periods that ended up to then were reported, or are not to be; milliseconds since 1970. */
  readonly since: number;
  /** Nothing is made for now; periods that end meanwhile are left out. */
  readonly paused?: boolean;
}

/** What was used in a period; seconds where nothing else is said. */
export interface ReportTotals {
  readonly calls: number;
  readonly errors: number;
  readonly cold: number;
  readonly wakeSeconds: number;
  readonly gbSeconds: number;
  readonly cpuSeconds: number;
  /** How long half of the calls took at most, 95 % and 99 % of them; undefined where there were none, or it is not known any more. */
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
}

export interface ReportedFunction extends ReportTotals {
  readonly namespace: string;
  readonly name: string;
  readonly callsBefore: number;
  readonly errorsBefore: number;
}

/** Calls of a function that were answered with one status from 500 on. */
export interface ReportedFailure {
  readonly namespace: string;
  readonly name: string;
  readonly status: number;
  readonly calls: number;
  readonly callsBefore: number;
}

/** Something that somebody did; of the audit log. */
export interface ReportedChange {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly on: string;
}

export interface ReportFigures {
  readonly totals: ReportTotals;
  /** Of the period before. */
  readonly before: ReportTotals;
  /** Those with the most calls; `functionCount` is how many were called. */
  readonly functions: readonly ReportedFunction[];
  readonly functionCount: number;
  readonly failures: readonly ReportedFailure[];
  readonly deploys: readonly ReportedChange[];
  readonly deployCount: number;
  /** Only of reports on everything, and only for admins. */
  readonly security?: {
    readonly refusals: readonly { readonly error: string; readonly who: string; readonly count: number }[];
    readonly refusalCount: number;
    /** Tokens, keys, backups and the audit log: made, taken away, taken along. */
    readonly changes: readonly ReportedChange[];
    readonly changeCount: number;
  };
  /** What could not be found out, in sentences. */
  readonly gaps: readonly string[];
}

export interface ReportDelivery {
  readonly channel: string;
  /** `due` was not handed over yet; `queued` is on its way, and is tried again by the queue. */
  readonly state: 'due' | 'queued' | 'sent' | 'failed';
  /** Of handing it over. */
  readonly attempts: number;
  /** Of the last attempt. */
  readonly at?: number;
  readonly cause?: string;
  /** What carries it in the queue. */
  readonly delivery?: string;
}

/** A report that was made: one for each period of a subscription, whatever dies meanwhile. */
export interface Report {
  /** Names the subscription and the period. */
  readonly id: string;
  readonly subscription: string;
  readonly every: ReportLength;
  readonly zone: string;
  readonly namespace?: string;
  /** `to` is not in it. */
  readonly from: number;
  readonly to: number;
  readonly madeAt: number;
  readonly figures: ReportFigures;
  readonly deliveries: readonly ReportDelivery[];
}
