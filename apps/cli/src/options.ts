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

  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? (value as string[]) : [];
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
