import type { NamedPackage } from '@wherry/core/build';
import type { Digest } from '@wherry/core/packages';
import type { BuildCatalogue, BuildResult } from '@wherry/core/ports/build-catalogue';
import type { SqliteThread } from './sqlite-thread.ts';

/** Results of builds and names of packages in the embedded database. */
export class SqliteBuildCatalogue implements BuildCatalogue {
  readonly #thread: SqliteThread;

  constructor(thread: SqliteThread) {
    this.#thread = thread;
  }

  result = (key: string): Promise<BuildResult | undefined> => this.#thread.ask('builds', 'result', [key]);
  keep = (result: BuildResult): Promise<void> => this.#thread.ask('builds', 'keep', [result]);
  named = (namespace: string, reference: string): Promise<NamedPackage | undefined> =>
    this.#thread.ask('builds', 'named', [namespace, reference]);
  list = (): Promise<readonly NamedPackage[]> => this.#thread.ask('builds', 'list', []);
  name = (named: NamedPackage): Promise<void> => this.#thread.ask('builds', 'name', [named]);
  unname = (namespace: string, reference: string): Promise<boolean> =>
    this.#thread.ask('builds', 'unname', [namespace, reference]);
  forget = (namespace: string): Promise<void> => this.#thread.ask('builds', 'forget', [namespace]);
  used = (): Promise<readonly Digest[]> => this.#thread.ask('builds', 'used', []);
}
