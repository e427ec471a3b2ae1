// Long because: what is written and what may then be served belong together.
// The audit of damage at rest: a small store with something of everything, thousands of damaged copies of it, each opened as a gateway
// does or salvaged, and everything that is then served held against the ledger of what was written. Soak tests run more of it.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Exit } from '@wherry/core/instance';
import { sampleCall, sampleFunction, sampleItem, sampleLine } from '@wherry/testkit/samples';
import { seeded } from '@wherry/testkit/seeded';
import { packCalls } from '../calls/pack-calls.ts';
import { Callees } from '../sqlite/callees.ts';
import { DatabaseFile } from '../sqlite/database-file.ts';
import { packLines } from '../sqlite/log-batch.ts';
import { Bodies, packItem, type PackedLease } from '../sqlite/queue/queue-batch.ts';
import { scrub as scrubQueue } from '../sqlite/queue/queue-scrub.ts';
import { openParts, type Parts } from '../sqlite/parts.ts';
import type { Damage } from '../sqlite/sealed-rows.ts';
import { writeSingleCalls } from '../sqlite/calls/single-calls.fixtures.ts';
import { failureOf } from '../sqlite/sqlite-failure.ts';
import { damage, makeFit } from './damaged-copy.fixtures.ts';
import { placesOf } from './record-places.fixtures.ts';
import { salvage } from './salvage.ts';

/** Flushing thousands of files to a disk is not what this is about. */
const memory = '/dev/shm';
const namespace = 'openfaas-fn';
const functions = Array.from({ length: 40 }, (_, n) => `fn-${n}`);
const callers = ['hello', 'other', 'third'];
const everything = { lines: 1e9, bytes: 1e12 };
const once = (n: number) => [{ rule: 'UTC @daily', since: n, seen: n, done: [] }];

/** What is served, or was written: by table and key, as text. */
type Ledger = Map<string, string>;

export interface DamageAudit {
  readonly images: number;
  /** Opened, and nothing was missing. */
  readonly whole: number;
  /** Opened, with damage that was reported. */
  readonly reported: number;
  /** Refused, salvaged, and opened then. */
  readonly salvaged: number;
  /** Records that were served, and records that were damaged or on a damaged page. */
  readonly served: number;
  readonly lost: number;
  /** What must not be: each with how to repeat it. */
  readonly faults: readonly string[];
}

export interface DamageAuditOptions {
  readonly images: number;
  readonly seed: number;
  /** The control: every checksum is made to fit what is there, as if there were none. */
  readonly withoutChecksums?: boolean;
}

/** Damages `images` copies of a store, one after the other, and says what came of them. */
export async function auditDamage({
  images,
  seed,
  withoutChecksums = false,
}: DamageAuditOptions): Promise<DamageAudit> {
  const folder = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'wherry-audit-'));
  try {
    const sound = mkdtempSync(join(folder, 'sound-'));
    const ledger = await write(sound);
    const bytes = readFileSync(join(sound, 'wherry.db'));
    const places = placesOf(join(sound, 'wherry.db'));
    const random = seeded(seed);
    const counts = { images, whole: 0, reported: 0, salvaged: 0, served: 0, lost: 0 };
    const faults: string[] = [];
    for (let image = 0, home = ''; image < images; image += 1) {
      if (home !== '') rmSync(home, { recursive: true });
      home = mkdtempSync(join(folder, 'image-'));
      const { damaged, touched, what } = damage(bytes, random);
      writeFileSync(join(home, 'wherry.db'), damaged);
      if (withoutChecksums) makeFit(join(home, 'wherry.db'));
      const opened = await open(home).catch((error: Error) => error);
      if (opened instanceof Error) {
        faults.push(`seed ${seed}, image ${image}, ${what}: ${opened.stack}`);
        continue;
      }
      const { served, reports, how } = opened;
      const wrong = audit(ledger, served, places, touched, reports);
      for (const one of wrong) faults.push(`seed ${seed}, image ${image}, ${what}, ${how}: ${one}`);
      counts[how === 'opened' ? (reports === 0 ? 'whole' : 'reported') : 'salvaged'] += 1;
      counts.served += served.size;
      counts.lost += ledger.size - served.size;
    }
    return { ...counts, faults };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function write(home: string): Promise<Ledger> {
  const file = new DatabaseFile(home);
  const of = (n: number) => ({ namespace, name: callers[n % callers.length]!, version: 1 });
  const call = (n: number) =>
    sampleCall(n, { deployment: of(n), target: of(n).name, path: `/orders/${n}`, alias: `alias-${n}` });
  const unexpected = ({ reason }: Damage) => assert.fail(reason);
  const old = Array.from({ length: 100 }, (_, n) => call(1000 + n));
  writeSingleCalls(file, new Callees(file, unexpected), old);
  const parts = openParts(file, 0, unexpected);
  for (const [n, name] of functions.entries()) {
    // Some take a page and more of their own.
    const env = { NAME: name, TEXT: 'some text '.repeat(n % 9 === 0 ? 900 : 12) };
    parts.desired.put(sampleFunction(name, 1, { env }));
    parts.desired.nextVersion({ namespace, name });
  }
  for (let n = 0; n < 12; n += 1) {
    const hash = `${n}`.padStart(64, 'a');
    parts.tokens.put({ name: `token-${n}`, hash, scopes: ['read'], functions: '*', createdAt: n }, false);
    parts.namespaces.put({ name: `team-${n}`, revision: 1, createdAt: n } as Parameters<
      Parts['namespaces']['put']
    >[0]);
    const box = Buffer.from(`box ${n} `.repeat(20)).toString('base64');
    parts.secrets.put(
      { namespace, name: `secret-${n}`, key: 'aabbccdd', nonce: 'x', box, createdAt: n, updatedAt: n },
      'create',
    );
    parts.builds.name({
      namespace,
      reference: `image-${n}:1`,
      digest: `${n}`.padStart(64, 'b'),
      at: n,
    } as Parameters<Parts['builds']['name']>[0]);
    const digest = `${n}`.padStart(64, 'c');
    parts.builds.keep({ key: `key-${n}`, of: `fn-${n}.${namespace}`, digest, at: n });
    parts.alerts.write([{ kind: 'preset', id: `rule-${n}`, body: { threshold: n } }], []);
    parts.boards.put({ name: `board-${n}`, title: `Board ${n}`, charts: [], revision: 1, updatedAt: n });
    parts.schedules.put([{ namespace, name: `scheduled-${n}`, createdAt: n, paused: false, rules: once(n) }]);
  }
  for (let round = 0; round < 5; round += 1) {
    const numbers = Array.from({ length: 60 }, (_, n) => round * 60 + n);
    parts.calls.append(packCalls(numbers.map(call)));
    parts.logs.append(
      packLines(
        numbers.map((n) =>
          sampleLine(n, { deployment: of(n), text: `line ${n} ${'x'.repeat(n % 50 === 0 ? 6000 : 30)}` }),
        ),
      ),
    );
    parts.exits.append(
      numbers.slice(0, 10).map(
        (n): Exit => ({
          instance: `i-${n}`,
          deployment: of(n),
          at: n,
          kind: 'exited',
          reason: 'exited with code 1',
          lastWords: [`word ${n}`],
        }),
      ),
    );
  }
  parts.scalings.append(
    Array.from({ length: 20 }, (_, n) => ({
      ...{ deployment: of(n), at: n, kind: 'up' as const, from: 1, wanted: 2, actual: 2 },
      reason: `${n} in flight`,
    })),
  );
  const bodies = new Bodies();
  const items = Array.from({ length: 24 }, (_, n) => {
    const item = sampleItem(n, {
      of: of(n),
      lane: `lane-${n % 3}`,
      body: Buffer.from(`body ${n} `.repeat(n % 6 === 0 ? 900 : 5)),
    });
    return packItem(item, bodies, () => assert.fail('no keys'));
  });
  parts.queue.apply([{ kind: 'enqueue', items }], bodies.joined());
  // Old rows in free pages, which must not come back.
  for (let n = 0; n < 30; n += 1)
    parts.tokens.put(
      { name: `gone-${n}`, hash: 'd'.repeat(900), scopes: ['admin'], functions: '*', createdAt: n },
      false,
    );
  for (let n = 0; n < 30; n += 1) parts.tokens.remove(`gone-${n}`);
  const ledger = await readAll(parts);
  leaseAll(parts, ledger);
  file.close();
  giveBack(home);
  assert.equal([...ledger.keys()].filter((key) => key.startsWith('queue_items')).length, 24);
  return ledger;
}

async function readAll(parts: Parts): Promise<Ledger> {
  const ledger: Ledger = new Map();
  const put = (table: string, key: string, value: unknown): void =>
    void ledger.set(`${table} ${key}`, JSON.stringify(value));
  for (const one of parts.desired.list()) put('functions', one.name, one);
  for (const one of parts.alerts.list()) put('alerts', one.id, one);
  for (const table of ['tokens', 'namespaces', 'secrets', 'schedules', 'boards'] as const)
    for (const one of parts[table].list()) put(table, one.name, one);
  for (const one of parts.builds.list()) put('images', one.reference, one);
  for (let n = 0; n < 12; n += 1) {
    const result = parts.builds.result(`key-${n}`);
    if (result !== undefined) put('builds', result.key, result);
  }
  for (const one of await parts.calls.find({ limit: 1e6 })) put('calls', one.id, one);
  for (const name of callers) {
    for (const one of await parts.logs.read({ target: { namespace, name } }, everything))
      put('logs', one.text.slice(0, 12), one);
    for (const one of parts.exits.find({ target: { namespace, name }, limit: 1e6 }))
      put('exits', one.instance, one);
    for (const one of parts.scalings.find({ target: { namespace, name }, limit: 1e6 }))
      put('scalings', one.reason, one);
  }
  return ledger;
}

/** What a gateway would be given to do. */
function leaseAll(parts: Parts, ledger: Ledger): void {
  const wishes = [0, 1, 2].map((lane) => ({ lane: `lane-${lane}`, most: 1000 }));
  const until = Date.UTC(2026, 0, 2);
  const lease = { kind: 'lease', wishes, holder: 'audit', now: until - 1000, until, mostBytes: 1e9 } as const;
  const [leased] = parts.queue.apply([lease], new Uint8Array(0)) as [readonly PackedLease[]];
  for (const { id, of, lane, head, body } of leased)
    ledger.set(`queue_items ${id}`, JSON.stringify([of, lane, head, Buffer.from(body).toString()]));
}

/** As before they were leased. */
function giveBack(home: string): void {
  const file = new DatabaseFile(home);
  openParts(file, 0, () => {}).queue.release('audit', Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1));
  file.close();
}

interface Opened {
  readonly served: Ledger;
  /** What was said of damage. */
  readonly reports: number;
  readonly how: 'opened' | 'salvaged';
}

async function open(home: string): Promise<Opened> {
  try {
    return { ...(await readFolder(home)), how: 'opened' };
  } catch (error) {
    const { code } = failureOf(error, home);
    if (code !== 'storage_damaged') throw error;
  }
  const { sound, tables, unreadable, missingPages } = await salvage(home, 1);
  if (sound) throw new Error('it does not open, and nothing is said to be wrong with it');
  const { served, reports } = await readFolder(home);
  if (reports > 0) throw new Error('a salvaged store is damaged');
  const told = tables.reduce((sum, { damaged, missing }) => sum + damaged + missing, 0);
  return { served, reports: told + unreadable + missingPages, how: 'salvaged' };
}

async function readFolder(home: string): Promise<{ served: Ledger; reports: number }> {
  let reports = 0;
  let file: DatabaseFile | undefined;
  try {
    file = new DatabaseFile(home);
    const parts = openParts(file, 0, () => void (reports += 1));
    const served = await readAll(parts);
    await scrubQueue(file, { damaged: () => (reports += 1), orphan: () => (reports += 1) });
    for (const part of [parts.calls, parts.logs, parts.exits, parts.scalings]) await part.scrub();
    // A number that was given to a version is never given again.
    for (const name of [functions[7]!, functions[31]!])
      if (parts.desired.nextVersion({ namespace, name }) < 2) served.set(`versions ${name}`, 'given twice');
    // Last: should anything else turn out to be damaged, what was leased would be held by nobody.
    leaseAll(parts, served);
    return { served, reports };
  } finally {
    file?.close();
  }
}

function audit(
  ledger: Ledger,
  served: Ledger,
  places: ReadonlyMap<string, readonly number[]>,
  touched: (page: number) => boolean,
  reports: number,
): string[] {
  const wrong: string[] = [];
  for (const [key, value] of served)
    if (ledger.get(key) !== value)
      wrong.push(`${key} is served and is not what was written: ${value.slice(0, 120)}`);
  const missing = [...ledger.keys()].filter((key) => !served.has(key));
  if (missing.length > 0 && reports === 0)
    wrong.push(`${missing.length} are missing, such as ${missing[0]}, and nothing says so`);
  for (const key of missing) {
    const pages = places.get(key);
    if (pages === undefined) throw new Error(`${key} has no place`);
    if (!pages.some(touched)) wrong.push(`${key} is missing, and is not damaged`);
  }
  return wrong;
}
