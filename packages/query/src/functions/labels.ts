import { bounds } from '../bounds.ts';
import type { Column } from '../evaluation/column.ts';
import { unite } from '../evaluation/column.ts';
import { isLabelName, withLabel } from '../evaluation/label-set.ts';
import { type Pace, seriesToil } from '../evaluation/pace.ts';
import { compilePattern } from '../history/patterns.ts';
import { refusedParameter, tooLarge } from '../refusal.ts';

/** `label_replace(v, target, template, source, pattern)`: sets a label from another one where that matches. */
export async function replaceLabel(
  columns: readonly Column[],
  texts: readonly string[],
  pace: Pace,
): Promise<Column[]> {
  const [target = '', template = '', source = '', expression = ''] = texts;
  checkTarget(target, 'label_replace');
  const pattern = compilePattern(expression, (problem, next) =>
    refusedParameter(`label_replace: ${problem}`, next),
  );
  return relabelled(columns, pace, ({ labels }) => {
    const value = pattern.fill(labels.get(source) ?? '', template);
    return value === undefined ? undefined : [target, value];
  });
}

/** `label_join(v, target, separator, sources…)`: sets a label to others' values, joined. */
export async function joinLabels(
  columns: readonly Column[],
  texts: readonly string[],
  pace: Pace,
): Promise<Column[]> {
  const [target = '', separator = '', ...sources] = texts;
  checkTarget(target, 'label_join');
  const wrong = sources.find((source) => !isLabelName(source));
  if (wrong !== undefined)
    throw refusedParameter(`label_join: ${JSON.stringify(wrong)} is no name of a label`);
  return relabelled(columns, pace, ({ labels }) => [
    target,
    sources.map((source) => labels.get(source) ?? '').join(separator),
  ]);
}

async function relabelled(
  columns: readonly Column[],
  pace: Pace,
  change: (column: Column) => readonly [string, string] | undefined,
): Promise<Column[]> {
  const changed: Column[] = [];
  for (const column of columns) {
    const set = change(column);
    if (set && set[1].length > bounds.labelValue)
      throw tooLarge(
        `The query would make a label of more than ${bounds.labelValue.toLocaleString('en')} characters`,
      );
    changed.push(set ? { ...column, labels: withLabel(column.labels, set[0], set[1]) } : column);
    if (pace.spend(1 + (set?.[1].length ?? 0) / 8) || pace.toil(seriesToil)) await pace.rest();
  }
  return unite(changed, pace);
}

function checkTarget(target: string, name: string): void {
  if (!isLabelName(target))
    throw refusedParameter(`${name}: ${JSON.stringify(target)} is no name of a label`);
}
