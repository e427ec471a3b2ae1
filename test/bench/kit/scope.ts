/** What has to be undone, last first. Fits where a test's context is wanted. */
export class Scope {
  readonly #undo: (() => unknown)[] = [];

  readonly after = (undo: () => unknown): void => void this.#undo.push(undo);

  /** Undoes everything, also when some of it fails. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) {
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'some of the benchmark could not be undone');
  }
}
