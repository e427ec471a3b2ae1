import { test } from 'node:test';

/** A store that was opened for one test, and how to be rid of it. */
export interface StoreUnderTest<T> {
  readonly store: T;
  /** Opens the same data anew, as a restart does; absent where data ends with the process. */
  reopen?(): Promise<T>;
  dispose(): Promise<void>;
}

export type OpenStore<T> = () => Promise<StoreUnderTest<T>>;

/** Declares tests that each get a fresh store. */
export function promisesOf<T>(name: string, open: OpenStore<T>) {
  return (sentence: string, body: (store: T, on: StoreUnderTest<T>) => Promise<void>) =>
    test(`${name}: ${sentence}`, async () => {
      const on = await open();
      try {
        await body(on.store, on);
      } finally {
        await on.dispose();
      }
    });
}
