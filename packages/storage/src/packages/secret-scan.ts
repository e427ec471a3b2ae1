import { secretRules, type SecretRule } from './secret-rules.ts';

/** Where a secret was found: never what it is. */
export interface Finding {
  readonly rule: string;
  readonly what: string;
  /** Counted from 1; undefined where the file's name gave it away. */
  readonly line: number | undefined;
}

/** What is looked at in one piece, and how much of it is looked at again with the next one. */
const windowBytes = 2 ** 18;
const overlapBytes = 8192;

// Installed libraries are not looked into: whatever key is in them is published already (test suites are full of them), and
// nobody keeps their own there. It is also where nine tenths of the bytes are.
const thirdParty = /(?:^|\/)(?:node_modules|site-packages|vendor)\//;

/** Looks for secrets in one file as its bytes go by, with memory for one window. */
export class SecretScan {
  readonly #rules: readonly SecretRule[];
  #found: Finding | undefined;
  #pieces: Uint8Array[] = [];
  #size = 0;
  #linesBefore = 0;

  /** `path` is relative to the code. */
  constructor(path: string) {
    const lower = path.toLowerCase();
    const rules = thirdParty.test(lower)
      ? []
      : secretRules.filter(({ file }) => file === undefined || file.test(lower));
    this.#rules = rules.filter(({ text }) => text !== undefined);
    const byName = rules.find(({ text }) => text === undefined);
    if (byName !== undefined) this.#found = { rule: byName.name, what: byName.what, line: undefined };
  }

  /** The next bytes of the file. They are not kept after `finish`. */
  feed(bytes: Uint8Array): void {
    if (this.#found !== undefined || this.#rules.length === 0) return;
    this.#pieces.push(bytes);
    this.#size += bytes.length;
    if (this.#size >= windowBytes) this.#look();
  }

  finish(): Finding | undefined {
    if (this.#found === undefined && this.#size > 0) this.#look();
    this.#pieces = [];
    return this.#found;
  }

  #look(): void {
    // One character a byte: what is looked for is ASCII, and nothing can be cut in half.
    const text = Buffer.concat(this.#pieces).toString('latin1');
    for (const rule of this.#rules) {
      const at = firstOf(rule, text);
      if (at === undefined) continue;
      this.#found = {
        rule: rule.name,
        what: rule.what,
        line: this.#linesBefore + linesIn(text.slice(0, at)) + 1,
      };
      return;
    }
    const rest = text.slice(Math.max(0, text.length - overlapBytes));
    this.#linesBefore += linesIn(text.slice(0, text.length - rest.length));
    this.#pieces = [Buffer.from(rest, 'latin1')];
    this.#size = rest.length;
  }
}

/** Where the first match is that is no placeholder. */
function firstOf({ text: pattern, besides }: SecretRule, text: string): number | undefined {
  for (const match of text.matchAll(pattern!)) {
    if (match[1] !== undefined && isPlaceholder(match[1])) continue;
    return besides === undefined || besides.test(text) ? match.index : undefined;
  }
  return undefined;
}

/** Whether a value is a stand-in: few different characters, or it says so. */
function isPlaceholder(value: string): boolean {
  return (
    new Set(value.slice(0, 200)).size < Math.min(8, value.length / 2) ||
    /example|placeholder|changeme|your[-_]|dummy|redacted/i.test(value)
  );
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
