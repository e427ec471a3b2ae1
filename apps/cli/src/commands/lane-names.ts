import { defaultNamespace } from '@wherry/core/names';
import type { QueuedCall, QueueLane } from '@wherry/wire/queued-calls';

/** What an argument means by a lane that is no function's: a channel that is told, or a receiver of answers. */
export function laneArgument(text: string | undefined): string | undefined {
  return text !== undefined && /^(?:channel|to) ./.test(text) ? text : undefined;
}

/** A lane by the name that arguments take. */
export function laneName({ lane, name, namespace }: QueueLane): string {
  return name === undefined ? lane : functionName(name, namespace);
}

/** What a queued call is for, by the name that arguments take. */
export function callName({ kind, lane, name, namespace }: QueuedCall): string {
  return kind === 'notice' ? lane : functionName(name, namespace);
}

/** As a shell takes it. */
export function shellWord(text: string): string {
  return /^[\w.@:/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function functionName(name: string, namespace: string | undefined): string {
  return namespace === undefined || namespace === defaultNamespace ? name : `${name}.${namespace}`;
}
