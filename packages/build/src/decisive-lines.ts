/** Lines that tell what went wrong, by the tool that writes them; the first that matches anything counts. */
const telling: readonly RegExp[] = [
  // npm says the code first and then, in a line of its own, what it means.
  /^npm (?:error|ERR!) (?!code |errno |A complete log|\s*$)(?<what>.+)/,
  /^ERROR: (?<what>(?:No matching|Could not|Cannot|Invalid|Package|Ignored|Double).+)/,
  /^\[ERROR\] (?<what>(?!.*(?:COMPILATION ERROR|To see the full|Re-run Maven|For more information|\[Help|-> \[))\S.+)/,
  /^(?<what>\S+\.(?:go|java|rb|php|py|[cm]?[jt]s):\d+.*)/,
  /^\s*(?<what>(?:go: |go\.mod:\d|Fatal error: |Parse error: |PHP Parse error|SyntaxError: |TypeError: |Could not find gem|Problem \d|ModuleNotFoundError: ).*)/,
  /^\s*-\s(?<what>Root composer\.json requires .+)/,
  /^(?<what>.*\b(?:error|Error|ERROR|fatal|Fatal)\b.*)/,
];

/** The line of a failed tool's output that says why; the last one where none does. */
export function decisiveLine(lines: readonly string[]): string {
  const plain = lines.map(withoutColour).filter((line) => line.trim() !== '');
  for (const pattern of telling) {
    for (const line of plain) {
      const what = pattern.exec(line)?.groups?.['what'];
      if (what !== undefined) return what.trim().slice(0, 300);
    }
  }
  return (plain.at(-1) ?? 'it said nothing').trim().slice(0, 300);
}

function withoutColour(line: string): string {
  // eslint-disable-next-line no-control-regex
  return line.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');
}
