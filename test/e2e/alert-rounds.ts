// When a gateway has looked at its alert rules.
import type { Gateway } from './gateway.ts';

/** How often all rules were looked at. */
export async function rounds(gateway: Gateway): Promise<number> {
  const text = await (await fetch(`${gateway.metricsUrl}/metrics`)).text();
  return Number(/^wherry_alerts_evaluations_total (\d+)$/m.exec(text)?.[1]);
}

/** Resolves once a whole look has begun and ended: from then on new rules over logs hear of lines. */
export async function nextRound(gateway: Gateway): Promise<void> {
  const before = await rounds(gateway);
  while ((await rounds(gateway)) < before + 2) await new Promise((resolve) => setImmediate(resolve));
}
