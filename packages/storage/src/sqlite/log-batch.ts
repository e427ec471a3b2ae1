import type { DeploymentKey } from '@wherry/core/function';
import type { LogLine } from '@wherry/core/log-line';
import type { FunctionName } from '@wherry/core/names';

/** By their place, which is what the database holds: new ones go to the end. */
export const streams: readonly LogLine['stream'][] = ['stdout', 'stderr', 'mark'];

export const logStride = 5;
/** A line that is longer is cut; in UTF-16 units. */
export const longestLine = 65_536;

/** Lines on their way to the database's thread, as a few arrays. One text a line; instances by their place. */
export interface LogBatch {
  readonly count: number;
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly texts: readonly string[];
  readonly instances: readonly string[];
  readonly callees: readonly FunctionName[];
  readonly weight: number;
}

export function packLines(lines: readonly LogLine[]): LogBatch {
  const numbers = new Float64Array(lines.length * logStride);
  const texts: string[] = [];
  const instances: string[] = [];
  const callees: FunctionName[] = [];
  const places = new Map<DeploymentKey, number>();
  let weight = 0;
  let at = 0;
  for (const { deployment, instance, at: time, stream, text } of lines) {
    let callee = places.get(deployment);
    if (callee === undefined) {
      callee = callees.push({ namespace: deployment.namespace, name: deployment.name }) - 1;
      places.set(deployment, callee);
    }
    // Lines come in runs of one instance: comparing with the last is enough.
    if (instances.at(-1) !== instance) instances.push(instance);
    texts.push(text.length > longestLine ? text.slice(0, longestLine) : text);
    weight += 100 + text.length;
    numbers[at] = callee;
    numbers[at + 1] = deployment.version;
    numbers[at + 2] = instances.length - 1;
    numbers[at + 3] = time;
    numbers[at + 4] = streams.indexOf(stream);
    at += logStride;
  }
  return { count: lines.length, numbers, texts, instances, callees, weight };
}
