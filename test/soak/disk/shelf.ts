import { openStore } from '@wherry/storage/sqlite/open-store';
import { sampleCall, sampleId, sampleItem } from '@wherry/testkit/samples';
import { openBareStore, type Parts } from './bare-store.ts';
import { counter, namespace, queued, stateText, type Step } from './script.ts';

/** The embedded store as these tests use it. */
export interface Shelf {
  /** The step is on disk when this resolves. */
  take(step: Step): Promise<void>;
  /** Everything that is kept, as `stateText`. Only once: to see it all, more is written. */
  read(): Promise<string>;
  /** What the store said was wrong while it opened. */
  readonly damage: readonly string[];
  close(): Promise<void>;
}

/** The store as the gateway has it, with its thread. */
export async function openShelf(home: string): Promise<Shelf> {
  const damage: string[] = [];
  const store = await openStore({ home, now: Date.now, onDamage: (one) => damage.push(JSON.stringify(one)) });
  return shelf(store, damage, () => undefined);
}

/** The same rows in this thread, and SQLite's own look at the file. */
export function openBareShelf(home: string): Shelf {
  const damage: string[] = [];
  const store = openBareStore({ home, onDamage: (one) => void damage.push(JSON.stringify(one)) });
  return shelf(store, damage, () => {
    const found = store.file.durable.prepare('PRAGMA quick_check').all();
    if (found.length !== 1 || found[0]?.['quick_check'] !== 'ok') damage.push(JSON.stringify(found));
  });
}

function shelf(store: Parts, damage: readonly string[], look: () => void): Shelf {
  let count = 0;
  return {
    damage,
    take(step) {
      // History goes the same way and is not waited for; what it loses must not be anything else.
      if (count++ % 3 === 0) void store.records.append([sampleCall(count), sampleCall(count + 1)]);
      return take(store, step);
    },
    async read() {
      look();
      const functions = await store.desiredState.list();
      const secrets = await Promise.all(
        (await store.secrets.list()).map(
          async (secret) => [secret.name, text(await store.secrets.read(secret))] as const,
        ),
      );
      const version = (await store.desiredState.nextVersion(counter)) - 1;
      return stateText(functions, await store.tokens.list(), secrets, await readQueue(store), version);
    },
    close: () => store.close(),
  };
}

async function take(store: Parts, step: Step): Promise<void> {
  switch (step.kind) {
    case 'function':
      return store.desiredState.put(step.record);
    case 'function removed':
      return void (await store.desiredState.remove({ namespace, name: step.name }, step.revision));
    case 'version':
      return void (await store.desiredState.nextVersion(counter));
    case 'token':
      return store.tokens.put(step.token, true);
    case 'token removed':
      return void (await store.tokens.remove(step.name));
    case 'secret removed':
      return void (await store.secrets.remove({ namespace, name: step.name }));
    case 'secret': {
      const name = { namespace, name: step.name };
      const how = (await store.secrets.read(name)) === undefined ? 'create' : 'replace';
      return store.secrets.put(name, Buffer.from(step.value), how, 1);
    }
    case 'enqueued': {
      // Several callers at once: they share one flush, and each is told for itself.
      const items = step.bodies.map((body, i) => sampleItem(step.first + i, { body: Buffer.from(body) }));
      return void (await Promise.all(items.map((item) => store.queue.enqueue([item]))));
    }
    case 'leased':
      return void (await store.queue.lease(queued.wish(1), 'writer', queued.now, queued.end, 2 ** 20));
    case 'settled': {
      const lease = { id: sampleId(step.n), epoch: 1, at: queued.now, keptUntil: queued.end };
      const note = { at: queued.now, cause: 'on purpose' };
      const result = { status: 200, headers: [], body: Buffer.from(`result ${step.n}`) };
      const [settled] = await store.queue.settle([
        step.to === 'done'
          ? { ...lease, to: 'done', result }
          : { ...lease, to: 'dead', reason: 'attempts', note },
      ]);
      if (settled !== true) throw new Error(`${step.n} was no longer leased`);
    }
  }
}

/** Every item with its state and its content. What waits is leased for that: only so does its body come out. */
async function readQueue({ queue }: Parts): Promise<readonly unknown[]> {
  const all = await queue.find({ limit: 1000 });
  const bodies = new Map<string, string>();
  for (const { id, item } of await queue.lease(queued.wish(1000), 'reader', queued.now, queued.end, 2 ** 30))
    bodies.set(id, text(item.body));
  return Promise.all(
    all.map(async ({ item: { id }, state, attempts }) => {
      if (state !== 'done') return [id, state, attempts, bodies.get(id) ?? ''];
      const [one] = await queue.find({ id, limit: 1 });
      return [id, state, attempts, text(one?.result?.body)];
    }),
  );
}

function text(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? 'lost' : Buffer.from(bytes).toString();
}
