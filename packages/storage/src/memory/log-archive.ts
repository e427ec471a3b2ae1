import type { Exit } from '@wherry/core/instance';
import type { LogLine } from '@wherry/core/log-line';
import type { FunctionName } from '@wherry/core/names';
import type { LogArchive, LogQuery } from '@wherry/core/ports/log-archive';
import { logFilter } from '@wherry/core/rules/log-filter';
import { keepNewest } from './keep-newest.ts';

/** Logs and ends of instances that end with the process. */
export class MemoryLogArchive implements LogArchive {
  #lines: LogLine[] = [];
  #exits: Exit[] = [];

  async append(lines: readonly LogLine[]): Promise<void> {
    for (const line of lines) this.#lines.push(structuredClone(line));
  }

  async read({ target, tail, ...filter }: LogQuery): Promise<readonly LogLine[]> {
    const wanted = logFilter(filter);
    const found = this.#lines.filter((line) => isOf(line, target) && wanted(line));
    return structuredClone(tail === undefined ? found : tail <= 0 ? [] : found.slice(-tail));
  }

  async ended(exits: readonly Exit[]): Promise<void> {
    for (const exit of exits) this.#exits.push(structuredClone(exit));
  }

  async exits(target: FunctionName | undefined, limit: number): Promise<readonly Exit[]> {
    const found = this.#exits.filter((exit) => target === undefined || isOf(exit, target)).reverse();
    return structuredClone(found.slice(0, limit));
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
    this.#exits = this.#exits.filter((exit) => exit.at >= before);
    return dropped;
  }
}

function isOf({ deployment }: { readonly deployment: FunctionName }, target: FunctionName): boolean {
  return deployment.name === target.name && deployment.namespace === target.namespace;
}
