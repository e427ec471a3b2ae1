// Counts the results of test files and says them aloud; the last line is what machines read.

export class Tally {
  #passed = 0;
  #skipped = 0;
  #failures = [];
  #allowed;
  #print;

  /** @param allowedSkips entries of test/allowed-skips.json, or undefined where every skip is fine */
  constructor(allowedSkips, print) {
    this.#allowed = allowedSkips;
    this.#print = print;
  }

  /** @param ended how the file's process ended: { code, milliseconds, output, problem? } */
  add(file, results, ended) {
    const failuresBefore = this.#failures.length;
    const lines = results.flatMap((result) => this.#count(file, result));
    if (ended.problem) lines.push(...this.#fail(file, '', ended.problem));
    else if (results.length === 0 && ended.code === 0) lines.push(...this.#fail(file, '', 'holds no test'));
    else if (ended.code !== 0 && !results.some(({ outcome }) => outcome === 'failed')) {
      lines.push(...this.#fail(file, '', `its process ended with ${ended.code}`));
    }
    const failed = this.#failures.length > failuresBefore;
    const seconds = (ended.milliseconds / 1000).toFixed(1);
    this.#print(`${failed ? 'FAILED' : 'ok    '} ${file} (${results.length} in ${seconds} s)`);
    for (const line of lines) this.#print(indent(line));
    if (failed && ended.output.trim())
      this.#print(indent(`what it printed:\n${indent(ended.output.trimEnd())}`));
  }

  /** Prints the totals; nothing may be printed after them. */
  finish() {
    if (this.#passed + this.#skipped + this.#failures.length === 0) this.#fail('', '', 'no test was run');
    if (this.#failures.length) this.#print(`\nfailed:\n${this.#failures.map(indent).join('\n')}\n`);
    const skipped = this.#skipped ? `, ${this.#skipped} skipped` : '';
    this.#print(`${this.#passed} passed, ${this.#failures.length} failed${skipped}`);
    return this.#failures.length === 0;
  }

  #count(file, { name, outcome, reason, error }) {
    if (outcome === 'passed') {
      this.#passed += 1;
      return [];
    }
    if (outcome === 'failed') return this.#fail(file, name, error);
    if (this.#allowed && !this.#allowed.some((entry) => covers(entry, file, name))) {
      return this.#fail(file, name, `skipped (${reason}), which test/allowed-skips.json does not allow here`);
    }
    this.#skipped += 1;
    return [`skipped: ${name} (${reason})`];
  }

  #fail(file, name, text) {
    const title = [file, name].filter(Boolean).join(': ');
    this.#failures.push(title || text);
    return [`failed: ${name || file}\n${indent(text)}`];
  }
}

function covers(entry, file, name) {
  return Boolean(entry.why) && (!entry.file || file === entry.file) && name.includes(entry.test);
}

function indent(text) {
  return text.replace(/^(?=.)/gm, '  ');
}
