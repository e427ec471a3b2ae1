import type { ReportStore } from '@wherry/core/ports/report-store';
import type { Report, ReportSubscription } from '@wherry/core/report';
import { byOwnName } from '../desired-rules.ts';
import { byAge, withoutFigures } from '../report-rules.ts';

/** Reports that end with the process. */
export class MemoryReportStore implements ReportStore {
  readonly #subscriptions = new Map<string, ReportSubscription>();
  readonly #reports = new Map<string, Report>();

  async subscriptions(): Promise<readonly ReportSubscription[]> {
    return [...this.#subscriptions.values()].sort(byOwnName).map((one) => structuredClone(one));
  }

  async putSubscription(subscription: ReportSubscription): Promise<void> {
    this.#subscriptions.set(subscription.name, structuredClone(subscription));
  }

  async removeSubscription(name: string): Promise<boolean> {
    return this.#subscriptions.delete(name);
  }

  async list(): Promise<readonly Omit<Report, 'figures'>[]> {
    return structuredClone([...this.#reports.values()].sort(byAge).map(withoutFigures));
  }

  async get(id: string): Promise<Report | undefined> {
    return structuredClone(this.#reports.get(id));
  }

  async put(report: Report): Promise<void> {
    this.#reports.set(report.id, structuredClone(report));
  }

  async keep(most: number): Promise<number> {
    const beyond = [...this.#reports.values()].sort(byAge).slice(most);
    for (const { id } of beyond) this.#reports.delete(id);
    return beyond.length;
  }
}
