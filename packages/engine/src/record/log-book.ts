import type { Exit } from '@wherry/core/instance';
import type { LogLine } from '@wherry/core/log-line';
import { type FunctionName, fullName } from '@wherry/core/names';
import type { Cancel } from '@wherry/core/ports/clock';
import type { ExitPage, ExitQuery, LogArchive, LogQuery } from '@wherry/core/ports/log-archive';

type Follower = (lines: readonly LogLine[]) => void;

/** What instances say: kept in the archive, and told to those who follow. */
export class LogBook {
  readonly #archive: LogArchive;
  readonly #problem: (message: string) => void;
  readonly #followers = new Map<string, Set<Follower>>();
  readonly #followersOfAll = new Set<Follower>();
  #writing: Promise<void> = Promise.resolve();
  /** Lines that were not kept. */
  dropped = 0;

  constructor(archive: LogArchive, problem: (message: string) => void) {
    this.#archive = archive;
    this.#problem = problem;
  }

  logged(lines: readonly LogLine[]): void {
    const first = lines[0];
    if (first === undefined) return;
    for (const follower of this.#followers.get(fullName(first.deployment)) ?? []) this.#tell(follower, lines);
    for (const follower of this.#followersOfAll) this.#tell(follower, lines);
    this.#keep(lines.length, () => this.#archive.append(lines));
  }

  /** A follower that fails is its own affair: the archive and the other followers get the lines all the same. */
  #tell(follower: Follower, lines: readonly LogLine[]): void {
    try {
      follower(lines);
    } catch (error) {
      this.#problem(`a follower of a log failed: ${(error as Error).message}`);
    }
  }

  ended(exit: Exit): void {
    this.#keep(1, () => this.#archive.ended([exit]));
  }

  read(query: LogQuery): Promise<readonly LogLine[]> {
    return this.#writing.then(() => this.#archive.read(query));
  }

  exits(query: ExitQuery): Promise<readonly Exit[]> {
    return this.#writing.then(() => this.#archive.exits(query));
  }

  pageExits(query: ExitQuery, next?: number): Promise<ExitPage> {
    return this.#writing.then(() => this.#archive.pageExits(query, next));
  }

  /** Tells the lines of a function from now on. */
  follow(target: FunctionName, follower: Follower): Cancel {
    const name = fullName(target);
    const followers = this.#followers.get(name) ?? new Set();
    followers.add(follower);
    this.#followers.set(name, followers);
    return () => {
      followers.delete(follower);
      if (followers.size === 0) this.#followers.delete(name);
    };
  }

  /** Tells the lines of every function from now on; each time those of one. */
  followAll(follower: Follower): Cancel {
    this.#followersOfAll.add(follower);
    return () => void this.#followersOfAll.delete(follower);
  }

  flush(): Promise<void> {
    return this.#writing;
  }

  #keep(lines: number, write: () => Promise<void>): void {
    const written = write().catch((error: Error) => {
      this.dropped += lines;
      this.#problem(`${lines} log lines were not kept: ${error.message}`);
    });
    this.#writing = this.#writing.then(() => written);
  }
}
