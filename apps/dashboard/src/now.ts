import { useSyncExternalStore } from 'react';

/** How often times that are told as "12 s ago" are told anew. */
const tickMs = 5_000;

let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of listeners) tell();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** A new one every few seconds; what is drawn for another reason in between is drawn with the time that it is. */
export function useNow(): number {
  useSyncExternalStore(subscribe, () => now);
  return Date.now();
}
