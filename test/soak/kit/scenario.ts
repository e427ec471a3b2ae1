import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seeded } from '@wherry/testkit/seeded';

/** One promise of docs/reliability.md with what proves it. */
export interface Scenario {
  /** The promise's number in docs/reliability.md, such as `D-02`. */
  readonly id: string;
  readonly promise: string;
  /** What a size counts. */
  readonly unit: string;
  readonly full: number;
  /** For `npm test`. */
  readonly short: number;
  /** Why it cannot run on this machine; undefined where it can. */
  lacking?(): string | undefined;
  /** Resolves with what was measured. Throws `BrokenPromise` where the promise did not hold, anything else where it could not be tried. */
  prove(soak: Soak): Promise<string>;
  /** The same with one guard taken away in each. A test that passes all the same is none. */
  readonly controls: readonly Control[];
}

export interface Control {
  /** What is taken away. */
  readonly without: string;
  readonly size: number;
  /** Must throw `BrokenPromise`. */
  prove(soak: Soak): Promise<unknown>;
}

/** The promise did not hold: what was found, and how to see it again. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
}

/** Throws `BrokenPromise` unless `kept`. */
export function promise(kept: boolean, broken: string | (() => string)): asserts kept {
  if (!kept) throw new BrokenPromise(typeof broken === 'string' ? broken : broken());
}

/** What a scenario is run with: how much of it, from which seed, and what is undone afterwards. */
export class Soak {
  readonly size: number;
  readonly seed: number;
  readonly random: () => number;
  /** Tells how far it is. */
  readonly say: (line: string) => void;
  readonly #undo: (() => Promise<void> | void)[] = [];

  constructor(size: number, seed: number, say: (line: string) => void = () => undefined) {
    this.size = size;
    this.seed = seed;
    this.random = seeded(seed);
    this.say = say;
  }

  /** From 0 to below `end`. */
  whole(end: number): number {
    return Math.floor(this.random() * end);
  }

  /** Undone when the scenario is over, the last first. */
  after(undo: () => Promise<void> | void): void {
    this.#undo.push(undo);
  }

  /** A private folder that goes with the scenario. Its path is short, because sockets are made below it. */
  folder(parent: string = tmpdir()): string {
    const folder = mkdtempSync(join(parent, 'wherry-'));
    this.after(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  async over(): Promise<void> {
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) await undo();
  }
}

/** Runs a scenario, or its control, and clears up behind it. */
export async function runOnce<T>(soak: Soak, body: (soak: Soak) => Promise<T>): Promise<T> {
  try {
    return await body(soak);
  } finally {
    await soak.over();
  }
}
