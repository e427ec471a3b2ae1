// Finds import cycles. Type imports are gone at run time, so they don't count.
import { fileOf, importsOf } from './import-scan.ts';
import type { SourceFile } from './source-tree.ts';

/** @returns one line per cycle: the files in it, in import order */
export function findCycles(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map((file) => file.path));
  const graph = new Map(
    files.map((file) => [
      file.path,
      importsOf(file)
        .filter(({ typeOnly }) => !typeOnly)
        .flatMap(({ specifier }) => fileOf(file.path, specifier, known) ?? []),
    ]),
  );
  const cycles: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];

  const visit = (file: string): void => {
    if (done.has(file)) return;
    const seenAt = trail.indexOf(file);
    if (seenAt >= 0) {
      cycles.push([...trail.slice(seenAt), file].join(' → '));
      return;
    }
    trail.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    trail.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return cycles;
}
