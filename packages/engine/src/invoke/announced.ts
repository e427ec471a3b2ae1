import type { Headers } from '@wherry/core/ports/forwarder';

/** The length that a function gives its answer, where it says one, once. */
export function announced(headers: Headers): number | undefined {
  let length: number | undefined;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if ((headers[i] as string).toLowerCase() !== 'content-length') continue;
    const text = headers[i + 1] as string;
    if (length !== undefined || !/^\d{1,15}$/.test(text)) return undefined;
    length = Number(text);
  }
  return length;
}

/** Watches that a function sends as much as it said, where it said so. */
export class Promised {
  #owed: number | undefined;

  constructor(method: string, status: number, headers: Headers) {
    const bodiless = method === 'HEAD' || status === 204 || status === 304 || status === 101;
    this.#owed = bodiless ? undefined : announced(headers);
  }

  /** More came: true where that is too much. What is beyond would be taken for the next answer on the caller's connection. */
  exceeded(bytes: number): boolean {
    if (this.#owed === undefined) return false;
    this.#owed -= bytes;
    return this.#owed < 0;
  }

  /** Whether it may end here. */
  get kept(): boolean {
    return this.#owed === undefined || this.#owed === 0;
  }
}
