import { type FunctionName, fullName, parseFullName } from '@wherry/core/names';
import type { CallQueue, QueueSelection } from '@wherry/core/ports/call-queue';

/** A selection in parts of one function each: functions differ in how old their calls may become. */
export async function byFunction(
  queue: Pick<CallQueue, 'lanes' | 'find'>,
  selection: QueueSelection,
): Promise<readonly QueueSelection[]> {
  if (selection.of !== undefined) return [selection];
  const { ids, lane } = selection;
  if (lane !== undefined) {
    const of = parseFullName(lane);
    return [of === undefined ? selection : { ...selection, of }];
  }
  if (ids === undefined) {
    const lanes = (await queue.lanes()).filter(({ dead }) => dead > 0);
    const names = lanes.flatMap(({ lane }) => parseFullName(lane) ?? []);
    // Last, those that are of no lane of their own: answers.
    return [...names.map((of) => ({ of })), {}];
  }
  const found = await Promise.all(ids.map((id) => queue.find({ id, limit: 1 })));
  const parts = new Map<string, { ids: string[]; of: FunctionName }>();
  for (const { item } of found.flat()) {
    const part = parts.get(fullName(item.of)) ?? { ids: [], of: item.of };
    parts.set(fullName(item.of), part);
    part.ids.push(item.id);
  }
  return [...parts.values()];
}
