import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Every piece of a streamed body is a buffer of 64 KiB outside of the heap, dead as soon as it was passed on. The collector sees
 * only their small handles and lets tens of megabytes gather; so it is told, often enough that memory stays flat and seldom
 * enough that it costs a few per cent of the copying itself.
 */
const everyBytes = 16 * 2 ** 20;

type Collect = (options: { type: 'minor' }) => void;

let collect: Collect | undefined;
let bytes = 0;

/** So many bytes of bodies were passed on. */
export function streamed(count: number): void {
  bytes += count;
  if (bytes < everyBytes) return;
  bytes = 0;
  collect ??= collector();
  collect({ type: 'minor' });
}

/** The collector can only be called where the flag is set when a context is made. */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}
