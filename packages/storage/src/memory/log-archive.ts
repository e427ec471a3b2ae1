import type { Exit } from '@wherry/core/instance';
import type { LogLine } from '@wherry/core/log-line';
import { type FunctionName, fullName } from '@wherry/core/names';
import type {
  ExitPage,
  ExitQuery,
  LogArchive,
  LogPage,
  LogPageQuery,
  LogQuery,
} from '@wherry/core/ports/log-archive';
import { logFilter } from '@wherry/core/rules/log-filter';
import { keepNewest } from './keep-newest.ts';

/** Logs and ends of instances that end with the process. */
export class MemoryLogArchive implements LogArchive {
  #lines: LogLine[] = [];
  /** How many lines went: what places in the list are counted from. */
  #dropped = 0;
  /** With the numbers that pages are counted by: they go from the middle, too. */
  #exits: { readonly number: number; readonly exit: Exit }[] = [];
  #ended = 0;

  async append(lines: readonly LogLine[]): Promise<void> {
    for (const line of lines) this.#lines.push(structuredClone(line));
  }

  async read({ target, tail, ...filter }: LogQuery): Promise<readonly LogLine[]> {
    const wanted = logFilter(filter);
    const found = this.#lines.filter((line) => isOf(line, target) && wanted(line));
    return structuredClone(tail === undefined ? found : tail <= 0 ? [] : found.slice(-tail));
  }

  async page({ target, limit, ...filter }: LogPageQuery, next = Infinity): Promise<LogPage> {
    const wanted = logFilter(filter);
    const lines: LogLine[] = [];
    let place = Math.min(next, this.#dropped + this.#lines.length) - 1;
    for (; place >= this.#dropped && lines.length < limit; place -= 1) {
      const line = this.#lines[place - this.#dropped]!;
      if ((target === undefined || isOf(line, target)) && wanted(line)) lines.push(structuredClone(line));
    }
    return place < this.#dropped ? { lines } : { lines, next: place + 1 };
  }

  async ended(exits: readonly Exit[]): Promise<void> {
    for (const exit of exits) this.#exits.push({ number: ++this.#ended, exit: structuredClone(exit) });
  }

  async exits(query: ExitQuery): Promise<readonly Exit[]> {
    return (await this.pageExits(query)).exits;
  }

  async pageExits(query: ExitQuery, next = Infinity): Promise<ExitPage> {
    const found = this.#exits.filter(({ number, exit }) => number < next && fits(exit, query)).reverse();
    const page = found.slice(0, query.limit);
    const exits = page.map(({ exit }) => structuredClone(exit));
    return found.length <= page.length ? { exits } : { exits, next: page.at(-1)?.number ?? next };
  }

  async prune(before: number, maxBytes: number): Promise<number> {
    const kept = keepNewest(
      this.#lines,
      (line) => line.at >= before,
      (line) => 40 + line.text.length,
      maxBytes,
    );
    const dropped = this.#lines.length - kept.length;
    this.#lines = kept;
    this.#dropped += dropped;
    return dropped;
  }

  async pruneExits(before: number, maxBytes: number): Promise<number> {
    const weigh = ({ exit }: { exit: Exit }): number => JSON.stringify(exit).length;
    const young = this.#exits.filter(({ exit }) => exit.at >= before);
    const names = new Set(young.map(({ exit }) => fullName(exit.deployment)));
    const own = [...names].flatMap((name) => {
      const mine = young.filter(({ exit }) => fullName(exit.deployment) === name);
      return keepNewest(mine, () => true, weigh, maxBytes / 8);
    });
    const shares = new Set(own);
    const kept = keepNewest(young, (end) => shares.has(end), weigh, maxBytes);
    const dropped = this.#exits.length - kept.length;
    this.#exits = kept;
    return dropped;
  }
}

function fits(exit: Exit, { target, instance, kind, since, until }: ExitQuery): boolean {
  if (target !== undefined && !isOf(exit, target)) return false;
  if (instance !== undefined && exit.instance !== instance) return false;
  if (kind !== undefined && exit.kind !== kind) return false;
  return exit.at >= (since ?? -Infinity) && exit.at <= (until ?? Infinity);
}

function isOf({ deployment }: { readonly deployment: FunctionName }, target: FunctionName): boolean {
  return deployment.name === target.name && deployment.namespace === target.namespace;
}
