import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Every piece of a streamed body is a buffer of 64 KiB outside of the heap, dead as soon as it was passed on. The collector sees
 * only their small handles and lets tens of megabytes gather; so it is told, often enough that memory stays flat and seldom
 * enough that it costs a few per cent of the copying itself.
 */
const everyBytes = 16 * 2 ** 20;
const lookMs = 5_000;
/** Less processor time than this between two looks is rest. */
const quietUs = 250_000;
/** A full collection also forgets compiled code, which the next load then pays for: a pause between two bursts is no reason. */
const quietLooks = 6;
/** So much garbage is worth a collection. */
const worthBytes = 12 * 2 ** 20;

interface Wish {
  readonly type: 'minor' | 'major';
  readonly execution: 'sync';
  readonly flavor?: 'last-resort';
}

let collect: ((wish: Wish) => void) | undefined;
let bytes = 0;

/** So many bytes of bodies were passed on. */
export function streamed(count: number): void {
  bytes += count;
  if (bytes < everyBytes) return;
  bytes = 0;
  collector()({ type: 'minor', execution: 'sync' });
}

/**
 * Gives memory back once work has ended: left alone, V8 collects only when it needs room again, and a gateway that was busy once would
 * look large for ever. Returns the way to stop it.
 */
export function tidyWhenQuiet(): () => void {
  let used = process.cpuUsage();
  let kept = 0;
  let looks = 0;
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(used);
    used = process.cpuUsage();
    looks = user + system > quietUs ? 0 : looks + 1;
    if (looks < quietLooks || held() < kept + worthBytes) return;
    collector()({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    kept = held();
  }, lookMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Reading it takes a descriptor, and there may be none left: that must not end us. */
function held(): number {
  try {
    const { heapTotal, external } = process.memoryUsage();
    return heapTotal + external;
  } catch {
    return 0;
  }
}

/** The collector can only be called where the flag is set when a context is made. */
function collector(): (wish: Wish) => void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as (wish: Wish) => void;
  }
  return collect;
}
