import type { Labels } from '@wherry/core/metric';
import { CodeCounts } from '@wherry/engine/record/function-counts';

/** Requests to the API by method, route and status: how many, how long. Routes are those of the table, so there are never many. */
export class ApiCounts {
  readonly #counts = new Map<string, { readonly labels: Labels; readonly counts: CodeCounts }>();

  observe(method: string, path: string, status: number, seconds: number): void {
    const key = `${method} ${path} ${status}`;
    let entry = this.#counts.get(key);
    if (entry === undefined) {
      entry = { labels: { method, path, status: String(status) }, counts: new CodeCounts() };
      this.#counts.set(key, entry);
    }
    entry.counts.observe(seconds);
  }

  list(): Iterable<{ readonly labels: Labels; readonly counts: CodeCounts }> {
    return this.#counts.values();
  }
}
