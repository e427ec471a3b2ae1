import type { Gateway } from '../e2e/gateway.ts';
import { seeded } from '@wherry/testkit/seeded';
import { shop } from './shop.ts';
import { monthUntil } from './past.ts';
import { around, hour, rateAt } from './weather.ts';

/** How many more calls than at this hour of a usual day: something should move while somebody looks. */
const livelier = 4;

/** Calls the shop as it is called at this hour, until it is stopped. */
export function traffic(gateway: Gateway): () => void {
  const random = seeded(Date.now());
  const timers = new Map<string, NodeJS.Timeout>();
  for (const fn of shop.filter(({ perHour = 0 }) => perHour > 0)) {
    const next = (): void => {
      const month = monthUntil(Date.now());
      const every = hour / (rateAt(fn, month.to, month) * livelier);
      const wait = Math.min(hour, every * -Math.log(1 - random()));
      timers.set(
        fn.name,
        setTimeout(() => void call().finally(next), wait),
      );
    };
    const call = async (): Promise<void> => {
      const path = fn.paths[Math.floor(random() * fn.paths.length)] ?? '/';
      const door = fn.trigger === 'async' ? 'async-function' : 'function';
      const body = fn.method === 'POST' ? 'x'.repeat(Math.round(300 * around(0.6, random))) : undefined;
      const init = { method: fn.method, ...(body === undefined ? {} : { body }) };
      // One that fails is part of the picture.
      await fetch(`${gateway.url}/${door}/${fn.name}${path}`, init).then(
        (answer) => answer.arrayBuffer(),
        () => undefined,
      );
    };
    next();
  }
  return () => {
    for (const timer of timers.values()) clearTimeout(timer);
  };
}
