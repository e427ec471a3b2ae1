import { CodeCounts } from '@wherry/engine/record/function-counts';

/** Requests to the API by method, route and status: how many, how long. Routes are those of the table, so there are never many. */
export class ApiCounts {
  readonly #counts = new Map<string, { readonly labels: string; readonly counts: CodeCounts }>();

  observe(method: string, path: string, status: number, seconds: number): void {
    const labels = `method="${method}",path="${path}",status="${status}"`;
    let entry = this.#counts.get(labels);
    if (entry === undefined) this.#counts.set(labels, (entry = { labels, counts: new CodeCounts() }));
    entry.counts.observe(seconds);
  }

  list(): Iterable<{ readonly labels: string; readonly counts: CodeCounts }> {
    return this.#counts.values();
  }
}
