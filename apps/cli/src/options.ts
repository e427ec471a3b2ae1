import { usageError } from './failures.ts';

/** What was given for the flags of a command, by long name without dashes, in camel case as commander has it. */
export class Options {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  /** A flag that is on unless `--no-…` switches it off. */
  switchedOn(name: string): boolean {
    return this.#values[name] !== false;
  }

  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? (value as string[]) : [];
  }

  /** `KEY=VALUE` entries, where the value may hold anything, also "="; undefined where there are none. */
  keyValues(name: string, flag: string): Readonly<Record<string, string>> | undefined {
    const entries = this.list(name);
    const map: Record<string, string> = Object.create(null);
    for (const entry of entries) {
      const at = entry.indexOf('=');
      if (at < 1)
        throw usageError(
          `${flag}: ${JSON.stringify(entry)} is not KEY=VALUE`,
          `Write it as ${flag} KEY=VALUE`,
        );
      map[entry.slice(0, at)] = entry.slice(at + 1);
    }
    return entries.length === 0 ? undefined : map;
  }

  integer(name: string, flag: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^[+-]?\d{1,9}$/.test(text)) return Number(text);
    throw usageError(`${flag}: ${JSON.stringify(text)} is not a whole number`, `Write it as ${flag} 10`);
  }

  oneOf<T extends string>(name: string, flag: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const choice = choices.find((one) => one === text);
    if (choice !== undefined) return choice;
    throw usageError(`${flag}: ${JSON.stringify(text)} is not known`, `Use one of ${choices.join(', ')}`);
  }
}
