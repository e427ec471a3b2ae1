import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionName } from '@wherry/core/names';
import type { Client } from '@wherry/wire/client';
import type { Call } from '@wherry/wire/calls';
import type { LiveView } from './live-view.ts';

/** How often new calls are asked for. */
const everyMs = 500;

/** Shows what a function writes and who calls it, from now on, until `signal`. A gateway that goes away and comes back is found again. */
export function follow(client: Client, name: FunctionName, view: LiveView, signal: AbortSignal): void {
  void again(signal, () => followLog(client, name, view, signal));
  void again(signal, () => followCalls(client, name, view, signal));
}

async function again(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work().catch(() => undefined);
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

async function followLog(
  client: Client,
  name: FunctionName,
  view: LiveView,
  signal: AbortSignal,
): Promise<void> {
  const since = new Date().toISOString();
  for await (const message of client.readLogs({ ...name, since, follow: true })) {
    if (signal.aborted) return;
    view.log(name.name, message);
  }
}

async function followCalls(
  client: Client,
  name: FunctionName,
  view: LiveView,
  signal: AbortSignal,
): Promise<void> {
  let since = new Date().toISOString();
  const seen = new Set<string>();
  while (!signal.aborted) {
    const calls = await client.listCalls({
      function: name.name,
      namespace: name.namespace,
      since,
      limit: 200,
    });
    for (const call of fresh(calls, seen)) view.call(call);
    const newest = calls[0];
    if (newest !== undefined) since = newest.startedAt;
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Oldest first, each once. */
function fresh(calls: readonly Call[], seen: Set<string>): readonly Call[] {
  const unseen = calls.filter(({ id }) => !seen.has(id)).reverse();
  for (const { id } of unseen) seen.add(id);
  // Only those of the newest moment can come again.
  if (seen.size > 2_000) for (const id of [...seen].slice(0, 1_000)) seen.delete(id);
  return unseen;
}
