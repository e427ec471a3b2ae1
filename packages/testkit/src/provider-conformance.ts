import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyOf, type Deployment } from '@wherry/core/function';
import type { Exit, Instance } from '@wherry/core/instance';
import type { LogLine } from '@wherry/core/log-line';
import type { Provider } from '@wherry/core/ports/provider';
import { policyOf } from '@wherry/core/rules/policy';

/** A provider on a machine of its own, and what the suite can't know of it. */
export interface ProviderUnderTest {
  readonly provider: Provider;
  /** A version of a function that loads and answers. */
  deployment(version: number): Deployment;
  /** One whose code does not load; absent where code can't fail to load. */
  broken?(version: number): Deployment;
  /** Makes an instance end by itself, as a crash would. */
  crash(instance: Instance): Promise<void>;
  /** What is left on the machine: processes, sockets, mounts, groups, files; one line each. */
  leftovers(): Promise<readonly string[]>;
  /** Gives the machine back; called after `close`. */
  dispose(): Promise<void>;
}

interface Opened extends ProviderUnderTest {
  readonly exits: Exit[];
  readonly lines: LogLine[];
  /** Resolves when this instance's end was reported. */
  ended(instance: string): Promise<Exit>;
}

/** What every provider promises, from the doc comments of the port. Run it from the provider's own tests. */
export function providerConformance(name: string, open: () => Promise<ProviderUnderTest>): void {
  const promise = (sentence: string, body: (on: Opened) => Promise<void>) =>
    test(`${name}: ${sentence}`, async () => {
      const on = await opened(await open());
      try {
        await body(on);
      } finally {
        await on.provider.close();
        await on.dispose();
      }
    });
  const start = async (on: Opened, deployment: Deployment) => {
    await on.provider.prepare(deployment, policyOf(deployment.spec));
    return on.provider.start(deployment, policyOf(deployment.spec));
  };

  promise('preparing twice is the same as once', async (on) => {
    const deployment = on.deployment(1);
    await on.provider.prepare(deployment, policyOf(deployment.spec));
    await on.provider.prepare(deployment, policyOf(deployment.spec));
    assert.equal((await start(on, deployment)).deployment.version, 1);
  });

  promise('a started instance says which deployment it is of and how to reach it', async (on) => {
    const deployment = on.deployment(3);
    const instance = await start(on, deployment);
    assert.deepEqual(instance.deployment, keyOf(deployment));
    assert.ok(instance.loaded.concurrency >= 1);
    assert.ok(instance.endpoint.kind === 'frames' || instance.endpoint.kind === 'http');
  });

  promise('starting twice gives two instances', async (on) => {
    const deployment = on.deployment(1);
    const [one, other] = await Promise.all([start(on, deployment), start(on, deployment)]);
    assert.notEqual(one.id, other.id);
    assert.notDeepEqual(one.endpoint, other.endpoint);
  });

  promise('two versions of a function live side by side, and forgetting one leaves the other', async (on) => {
    const [old, young] = [await start(on, on.deployment(1)), await start(on, on.deployment(2))];
    await on.provider.stop(old.id, 2000);
    await on.provider.forget(on.deployment(1));
    await on.provider.forget(on.deployment(1));
    assert.deepEqual(
      (await on.provider.usage([young.id])).map((usage) => usage.instance),
      [young.id],
    );
    assert.deepEqual(
      on.exits.map((exit) => exit.instance),
      [old.id],
    );
  });

  promise('stopping tells the end once, also when it is asked twice at once and again later', async (on) => {
    const instance = await start(on, on.deployment(1));
    await Promise.all([on.provider.stop(instance.id, 2000), on.provider.stop(instance.id, 2000)]);
    await on.provider.stop(instance.id, 2000);
    const exit = await on.ended(instance.id);
    assert.ok(exit.kind === 'stopped' || exit.kind === 'killed', exit.kind);
    assert.equal(on.exits.length, 1);
  });

  promise('stopping what was never started resolves and tells nothing', async (on) => {
    await on.provider.stop('neverwas', 1000);
    assert.deepEqual(on.exits, []);
  });

  promise(
    'an instance that ends by itself is told once, with its deployment, and stopping it is harmless',
    async (on) => {
      const deployment = on.deployment(1);
      const instance = await start(on, deployment);
      await on.crash(instance);
      const exit = await on.ended(instance.id);
      assert.deepEqual(exit.deployment, keyOf(deployment));
      assert.ok(exit.kind !== 'stopped', 'we did not stop it');
      assert.ok(exit.reason.length > 0);
      await on.provider.stop(instance.id, 1000);
      assert.equal(on.exits.length, 1);
    },
  );

  promise('usage leaves out what it does not know', async (on) => {
    const instance = await start(on, on.deployment(1));
    const usage = await on.provider.usage(['neverwas', instance.id]);
    assert.deepEqual(
      usage.map((one) => one.instance),
      [instance.id],
    );
    await on.provider.stop(instance.id, 2000);
    assert.deepEqual(await on.provider.usage([instance.id]), []);
  });

  promise('code that does not load is deploy_failed, and leaves no instance', async (on) => {
    const broken = on.broken?.(1);
    if (broken === undefined) return;
    await assert.rejects(start(on, broken), { code: 'deploy_failed' });
  });

  promise('close ends every instance, tells each end once, and leaves nothing', async (on) => {
    const instances = [
      await start(on, on.deployment(1)),
      await start(on, on.deployment(1)),
      await start(on, on.deployment(2)),
    ];
    await on.provider.close();
    await Promise.all(instances.map((instance) => on.ended(instance.id)));
    assert.equal(new Set(on.exits.map((exit) => exit.instance)).size, on.exits.length);
    assert.deepEqual(await on.leftovers(), []);
  });
}

async function opened(subject: ProviderUnderTest): Promise<Opened> {
  const exits: Exit[] = [];
  const lines: LogLine[] = [];
  const waiting = new Map<string, (exit: Exit) => void>();
  await subject.provider.open({
    exited(exit) {
      exits.push(exit);
      waiting.get(exit.instance)?.(exit);
    },
    logged: (batch) => void lines.push(...batch),
    contacted: () => undefined,
  });
  const ended = (instance: string) => {
    const told = exits.find((exit) => exit.instance === instance);
    return told !== undefined
      ? Promise.resolve(told)
      : new Promise<Exit>((resolve) => waiting.set(instance, resolve));
  };
  // Not a spread: the subject may be an instance of a class, whose methods a spread would lose.
  return Object.assign(Object.create(subject) as ProviderUnderTest, { exits, lines, ended }) as Opened;
}
