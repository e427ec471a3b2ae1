import type { Report, ReportSubscription } from '@wherry/core/report';
import { byOwnName } from '../desired-rules.ts';
import { byAge, withoutFigures } from '../report-rules.ts';
import type { DatabaseFile } from './database-file.ts';
import { type Damage, SealedRows } from './sealed-rows.ts';

/** Reports and who wants them, in the database's thread. */
export class ReportRows {
  readonly #subscriptions: SealedRows<ReportSubscription>;
  readonly #reports: SealedRows<Report>;

  constructor(file: DatabaseFile, at: number, report: (damage: Damage) => void) {
    this.#subscriptions = new SealedRows(file, 'report_subscriptions', at, report);
    this.#reports = new SealedRows(file, 'reports', at, report);
  }

  subscriptions(): readonly ReportSubscription[] {
    return this.#subscriptions.values().sort(byOwnName);
  }

  putSubscription(subscription: ReportSubscription): void {
    this.#subscriptions.write(keyFor(subscription.name), subscription);
  }

  removeSubscription(name: string): boolean {
    return this.#subscriptions.remove(keyFor(name));
  }

  list(): readonly Omit<Report, 'figures'>[] {
    return this.#reports.values().sort(byAge).map(withoutFigures);
  }

  get(id: string): Report | undefined {
    return this.#reports.get(keyFor(id));
  }

  put(report: Report): void {
    this.#reports.write(keyFor(report.id), report);
  }

  keep(most: number): number {
    const beyond = this.#reports.values().sort(byAge).slice(most);
    for (const { id } of beyond) this.#reports.remove(keyFor(id));
    return beyond.length;
  }
}

function keyFor(name: string): string {
  return JSON.stringify([name]);
}
