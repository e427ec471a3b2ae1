import { join } from 'node:path';
import { SecretKeys } from '@wherry/storage/secrets/secret-keys';
import { seal, unseal } from '@wherry/storage/secrets/secret-box';
import { packCalls } from '@wherry/storage/sqlite/call-batch';
import { CallRows } from '@wherry/storage/sqlite/call-rows';
import { Callees } from '@wherry/storage/sqlite/callees';
import { DatabaseFile } from '@wherry/storage/sqlite/database-file';
import { DesiredRows } from '@wherry/storage/sqlite/desired-rows';
import { openStore } from '@wherry/storage/sqlite/open-store';
import { SecretRows } from '@wherry/storage/sqlite/secret-rows';
import { TokenRows } from '@wherry/storage/sqlite/token-rows';
import { sampleCall } from '@wherry/testkit/samples';
import { counter, namespace, stateText, type Step } from './script.ts';

/** The embedded store as these tests use it. */
export interface Shelf {
  /** The step is on disk when this resolves. */
  take(step: Step): Promise<void>;
  /** Everything that is kept, as `stateText`. Only once: asking for the number of versions makes another. */
  read(): Promise<string>;
  /** What the store said was wrong while it opened. */
  readonly damage: readonly string[];
  close(): Promise<void>;
}

/** The store as the gateway has it, with its thread. */
export async function openShelf(home: string): Promise<Shelf> {
  const damage: string[] = [];
  const store = await openStore({ home, now: Date.now, onDamage: (one) => damage.push(JSON.stringify(one)) });
  let calls = 0;
  return {
    damage,
    async take(step) {
      // History goes the same way and is not waited for; what it loses must not be anything else.
      if (calls++ % 3 === 0) void store.records.append([sampleCall(calls), sampleCall(calls + 1)]);
      if (step.kind === 'function') await store.desiredState.put(step.record);
      else if (step.kind === 'function removed')
        await store.desiredState.remove({ namespace, name: step.name }, step.revision);
      else if (step.kind === 'version') await store.desiredState.nextVersion(counter);
      else if (step.kind === 'token') await store.tokens.put(step.token, true);
      else if (step.kind === 'token removed') await store.tokens.remove(step.name);
      else if (step.kind === 'secret removed') await store.secrets.remove({ namespace, name: step.name });
      else {
        const name = { namespace, name: step.name };
        const known = (await store.secrets.read(name)) !== undefined;
        await store.secrets.put(name, Buffer.from(step.value), known ? 'replace' : 'create', 1);
      }
    },
    async read() {
      const functions = await store.desiredState.list();
      const secrets = await Promise.all(
        (await store.secrets.list()).map(
          async (secret) =>
            [secret.name, Buffer.from((await store.secrets.read(secret)) ?? 'lost').toString()] as const,
        ),
      );
      const version = (await store.desiredState.nextVersion(counter)) - 1;
      return stateText(functions, await store.tokens.list(), secrets, version);
    },
    close: () => store.close(),
  };
}

/** The same rows in this thread: a fiftieth of the time, for when it is opened a hundred thousand times. */
export function openBareShelf(home: string): Shelf {
  const damage: string[] = [];
  const report = (one: unknown) => void damage.push(JSON.stringify(one));
  const file = new DatabaseFile(home);
  const desired = new DesiredRows(file, 0, report);
  const tokens = new TokenRows(file, 0, report);
  const secrets = new SecretRows(file, 0, report);
  const calls = new CallRows(file, new Callees(file));
  const keys = new SecretKeys(join(home, 'secrets.key'));
  let count = 0;
  return {
    damage,
    async take(step) {
      if (count++ % 3 === 0) calls.append(packCalls([sampleCall(count), sampleCall(count + 1)]));
      if (step.kind === 'function') desired.put(step.record);
      else if (step.kind === 'function removed')
        desired.remove({ namespace, name: step.name }, step.revision);
      else if (step.kind === 'version') desired.nextVersion(counter);
      else if (step.kind === 'token') tokens.put(step.token, true);
      else if (step.kind === 'token removed') tokens.remove(step.name);
      else if (step.kind === 'secret removed') secrets.remove({ namespace, name: step.name });
      else {
        const name = { namespace, name: step.name };
        const box = seal(name, Buffer.from(step.value), keys.current());
        const how = secrets.read(name) === undefined ? 'create' : 'replace';
        secrets.put({ ...name, ...box, createdAt: 1, updatedAt: 1 }, how);
      }
    },
    async read() {
      const open = secrets.list().map((sealed) => {
        const key = keys.get(sealed.key);
        const value = key === undefined ? undefined : unseal(sealed, key);
        return [sealed.name, Buffer.from(value ?? 'lost').toString()] as const;
      });
      const kept = [desired.list(), tokens.list(), open] as const;
      const version = desired.nextVersion(counter) - 1;
      const found = file.durable.prepare('PRAGMA quick_check').all();
      if (found.length !== 1 || found[0]?.['quick_check'] !== 'ok') damage.push(JSON.stringify(found));
      return stateText(...kept, version);
    },
    close: async () => file.close(),
  };
}
