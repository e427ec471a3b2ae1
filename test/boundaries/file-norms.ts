// How long files may be and what they may be called.
import { isTestFile, type SourceFile } from './source-tree.ts';

const EXPLAIN_ABOVE = 200;
const SOURCE_LIMIT = 400;
const TEST_LIMIT = 600;
/** Paths that may be longer. Empty, and meant to stay so. */
const LONGER: ReadonlySet<string> = new Set();
/** How far into a file the reason for its length may stand: after a shebang and little else. */
const HEAD_LINES = 5;

export function checkSizes(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    if (LONGER.has(path) || /\.gen\.\w+$/.test(path)) return [];
    const lines = text.trimEnd().split('\n');
    const limit = isTestFile(path) ? TEST_LIMIT : SOURCE_LIMIT;
    if (lines.length > limit) return [`${path}: ${lines.length} lines; ${limit} is the limit`];
    if (isTestFile(path) || lines.length <= EXPLAIN_ABOVE) return [];
    if (lines.slice(0, HEAD_LINES).some((line) => /^(\/\/|#) Long because: \S/.test(line))) return [];
    return [`${path}: ${lines.length} lines without a first line "// Long because: …"`];
  });
}

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;
const SNAKE = /^_*[a-z0-9]+(_+[a-z0-9]+)*_*(\.py)?$/;
/** Names that say nothing, so that everything ends up in them. */
const FORBIDDEN = /^(utils?|helpers?|commons?|misc|shared|managers?)$|-(utils?|helpers?|managers?)$/;

export function checkNames(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path }) => {
    // Python can only import names that are words of its own.
    const isPython = path.endsWith('.py');
    return path.split('/').flatMap((part) => {
      if (!KEBAB.test(part) && !(isPython && SNAKE.test(part)))
        return [`${path}: "${part}" is not kebab-case`];
      const stem = (part.split('.')[0] ?? '').replaceAll('_', '-');
      return FORBIDDEN.test(stem) ? [`${path}: "${part}" says nothing; name what is in it`] : [];
    });
  });
}
