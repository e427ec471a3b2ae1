/** Something in a stack file that keeps it from being used, or that is not as its author thinks. */
export interface Problem {
  /** What is wrong, in one sentence. */
  readonly what: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  /** What to write instead, where that can be told. */
  readonly next?: string;
}

/** A stack file that can't be used. All problems at once: a file is rarely wrong in one place only. */
export class StackError extends Error {
  readonly path: string;
  readonly problems: readonly Problem[];
  /** The lines around each problem, with a mark below the place. */
  readonly excerpts: readonly string[];

  constructor(path: string, text: string, problems: readonly Problem[]) {
    super(problems.map(({ what, line, column }) => `${path}:${line}:${column}: ${what}`).join('\n'));
    this.name = 'StackError';
    this.path = path;
    this.problems = problems;
    const lines = text.split('\n');
    this.excerpts = problems.map((problem) => excerpt(lines, problem));
  }
}

const mostColumns = 100;

function excerpt(lines: readonly string[], { line, column }: Problem): string {
  const width = String(line).length;
  const numbered = (at: number): string =>
    `${String(at).padStart(width)} | ${(lines[at - 1] ?? '').replaceAll('\t', ' ').slice(0, mostColumns)}`;
  const around = [line - 1, line].filter((at) => at > 0).map(numbered);
  return [...around, `${' '.repeat(width)} | ${' '.repeat(Math.min(column, mostColumns) - 1)}^`].join('\n');
}
