import { setTimeout as later } from 'node:timers/promises';
import { freePort } from '@wherry/testkit/free-port';
import { Gateway } from '../../e2e/gateway.ts';
import { Collector } from '../kit/collector.ts';
import { promise, type Scenario, type Soak } from '../kit/scenario.ts';

const clients = 4;

export const retriedRequests: Scenario = {
  id: 'D-14',
  promise: 'a request that is sent again with its Idempotency-Key, also after a kill -9, is one call',
  unit: 'requests',
  full: 400,
  short: 24,
  lacking: () => (process.platform === 'linux' ? undefined : 'needs Linux'),
  prove: (soak) => sendTwice(soak, true),
  controls: [{ without: 'the Idempotency-Key', size: 8, prove: (soak) => sendTwice(soak, false) }],
};

/** Each request is sent until it is accepted, then once more after the next restart. */
async function sendTwice(soak: Soak, keyed: boolean): Promise<string> {
  const collector = new Collector();
  await collector.open();
  soak.after(() => collector.close());
  const home = soak.folder();
  const args = ['--port', String(await freePort())];
  const start = () => Gateway.start(soak, { home, args });
  let gateway = await start();
  await gateway.deploy(collector.reporter('report'));
  const url = `${gateway.url}/async-function/report`;
  const send = (n: number, body = `request ${n}`) =>
    fetch(url, { method: 'POST', body, headers: keyed ? { 'idempotency-key': `key ${n}` } : {} });
  const accepted = async (n: number): Promise<string> => {
    for (;;) {
      const response = await send(n).catch(() => undefined);
      await response?.arrayBuffer().catch(() => undefined);
      if (response?.status === 202) return response.headers.get('x-call-id') ?? '';
      await later(10);
    }
  };
  let kills = 0;
  for (let first = 0; first < soak.size; first += clients * 2) {
    const all = Array.from({ length: Math.min(clients * 2, soak.size - first) }, (_, i) => first + i);
    // The gateway dies while they are sent: some are accepted before, some never hear of it, some come after.
    const sending = Promise.all(all.map((n) => accepted(n)));
    await later(soak.random() * 30);
    await gateway.stop('SIGKILL');
    kills += 1;
    gateway = await start();
    const ids = await sending;
    const again = await Promise.all(all.map((n) => accepted(n)));
    promise(
      ids.join() === again.join(),
      () => `sent again, they were other calls: ${ids.join()} and ${again.join()}`,
    );
  }
  const other = await send(0, 'something else');
  const code = other.headers.get('x-wherry-error');
  promise(
    !keyed || code === 'idempotency_conflict',
    `the same key with another body answered ${other.status} ${code}`,
  );
  const seen = await queued(gateway, soak.size);
  promise(seen === soak.size, `${soak.size} requests became ${seen} calls`);
  await gateway.stop();
  return `${soak.size} requests over ${kills} kills, ${seen} calls`;
}

/** How many calls there are; with a few more than there should be, they would be seen. */
async function queued(gateway: Gateway, expected: number): Promise<number> {
  const response = await gateway.system('GET', `/system/queue/calls?limit=${Math.min(expected + 50, 1000)}`);
  return ((await response.json()) as readonly unknown[]).length;
}
