import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';

/** Bytes of memory this machine, or the group we are confined to, has in all. */
export function machineMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}

/** Bytes that could still be given to programs; caches that the kernel would drop count as free. */
export function availableMemory(): number {
  if (process.platform !== 'linux') return freemem();
  const now = performance.now();
  // Starts come in bursts, and the file costs a tenth of a millisecond.
  if (now - readAt < 100) return lastRead;
  readAt = now;
  try {
    const match = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'latin1'));
    lastRead = match === null ? freemem() : Number(match[1]) * 1024;
  } catch {
    lastRead = freemem();
  }
  return lastRead;
}

let readAt = Number.NEGATIVE_INFINITY;
let lastRead = 0;
