import { join } from 'node:path';
import { SecretKeys } from '@wherry/storage/secrets/secret-keys';
import { Backlog } from '@wherry/storage/sqlite/backlog';
import { SqliteCallQueue } from '@wherry/storage/sqlite/queue/call-queue';
import { SqliteCallRecords } from '@wherry/storage/sqlite/calls/call-records';
import { CallRows } from '@wherry/storage/sqlite/calls/call-rows';
import { Callees } from '@wherry/storage/sqlite/callees';
import { DatabaseFile } from '@wherry/storage/sqlite/database-file';
import { DesiredRows } from '@wherry/storage/sqlite/desired-rows';
import { SqliteDesiredState } from '@wherry/storage/sqlite/desired-state';
import type { Store, StoreOptions } from '@wherry/storage/sqlite/open-store';
import { QueueRows } from '@wherry/storage/sqlite/queue/queue-rows';
import { SecretRows } from '@wherry/storage/sqlite/secret-rows';
import { SqliteSecretStore } from '@wherry/storage/sqlite/secret-store';
import type { SqliteThread } from '@wherry/storage/sqlite/sqlite-thread';
import { TokenRows } from '@wherry/storage/sqlite/token-rows';
import { SqliteTokenStore } from '@wherry/storage/sqlite/token-store';

/** What of the store these tests use. */
export type Parts = Pick<Store, 'desiredState' | 'tokens' | 'secrets' | 'queue' | 'records' | 'close'>;

/** The embedded store without its thread: a fiftieth of the time, for when it is opened a hundred thousand times. */
export function openBareStore({
  home,
  onDamage = () => undefined,
}: Pick<StoreOptions, 'home' | 'onDamage'>): Parts & { readonly file: DatabaseFile } {
  const file = new DatabaseFile(home);
  const callees = new Callees(file, onDamage);
  const rows = {
    desired: new DesiredRows(file, 0, onDamage),
    tokens: new TokenRows(file, 0, onDamage),
    secrets: new SecretRows(file, 0, onDamage),
    calls: new CallRows(file, callees, onDamage),
    queue: new QueueRows(file, onDamage),
  } as unknown as Readonly<Record<string, Readonly<Record<string, (...args: unknown[]) => unknown>>>>;
  const thread = {
    ask: async (part: string, method: string, args: unknown[]) => rows[part]?.[method]?.(...args),
  } as unknown as SqliteThread;
  return {
    file,
    desiredState: new SqliteDesiredState(thread),
    tokens: new SqliteTokenStore(thread),
    secrets: new SqliteSecretStore(thread, new SecretKeys(join(home, 'secrets.key')), async () => {}),
    queue: new SqliteCallQueue(thread),
    records: new SqliteCallRecords(thread, new Backlog(2 ** 20)),
    close: async () => file.close(),
  };
}
