import type { Report, ReportSubscription } from '../report.ts';

/** Reports that were made, and who wants them. All writes are on disk before they resolve; they throw `storage_full`, `storage_failed`. */
export interface ReportStore {
  /** Ordered by name. */
  subscriptions(): Promise<readonly ReportSubscription[]>;
  /** Adds a subscription, or replaces the one of that name. */
  putSubscription(subscription: ReportSubscription): Promise<void>;
  /** False where there is none of that name. */
  removeSubscription(name: string): Promise<boolean>;
  /** Without what is in them; newest first. */
  list(): Promise<readonly Omit<Report, 'figures'>[]>;
  get(id: string): Promise<Report | undefined>;
  /** Adds a report, or replaces the one of that id. */
  put(report: Report): Promise<void>;
  /** Drops all but the newest so many; returns how many went. */
  keep(most: number): Promise<number>;
}
