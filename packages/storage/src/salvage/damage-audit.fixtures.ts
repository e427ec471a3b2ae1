// Long because: what is written, how it is damaged and what may then be served belong together.
// The audit of damage at rest: a small store with something of everything, thousands of damaged copies of it, each opened as a gateway
// does or salvaged, and everything that is then served held against the ledger of what was written. Soak tests run more of it.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Exit } from '@wherry/core/instance';
import type { ScalingRecord } from '@wherry/core/scaling-record';
import { sampleCall, sampleFunction, sampleItem, sampleLine } from '@wherry/testkit/samples';
import { seeded } from '@wherry/testkit/seeded';
import { packCalls } from '../sqlite/call-batch.ts';
import { DatabaseFile } from '../sqlite/database-file.ts';
import { historySealed, sealOf } from '../sqlite/history-seal.ts';
import { packLines } from '../sqlite/log-batch.ts';
import { Bodies, packItem, type PackedLease } from '../sqlite/queue-batch.ts';
import { scrub as scrubQueue } from '../sqlite/queue-scrub.ts';
import { openParts, type Parts } from '../sqlite/parts.ts';
import { checksumOf, sealedTables } from '../sqlite/sealed-rows.ts';
import { failureOf } from '../sqlite/sqlite-failure.ts';
import { unpackUuid } from '../sqlite/uuid.ts';
import { collect } from './collect.ts';
import { PageFile } from './page-file.ts';
import { PageMap } from './page-map.ts';
import { salvage } from './salvage.ts';

const page = 4096;
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
  const parts = openParts(file, 0, () => {});
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
  const of = (n: number) => ({ namespace, name: callers[n % callers.length]!, version: 1 });
  for (let round = 0; round < 5; round += 1) {
    const numbers = Array.from({ length: 60 }, (_, n) => round * 60 + n);
    parts.calls.append(
      packCalls(
        numbers.map((n) =>
          sampleCall(n, { deployment: of(n), target: of(n).name, path: `/orders/${n}`, alias: `alias-${n}` }),
        ),
      ),
    );
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

interface Damaged {
  readonly damaged: Buffer;
  /** Pages of which something is changed or gone. */
  readonly touched: (page: number) => boolean;
  readonly what: string;
}

/** Mostly one flipped bit; sometimes a few, a page of zeros, or an end that is missing. */
function damage(bytes: Buffer, random: () => number): Damaged {
  const damaged = Buffer.from(bytes);
  const below = (most: number): number => Math.floor(random() * most);
  const lot = random();
  if (lot < 0.12) {
    const length = below(bytes.length);
    const whole = Math.floor(length / page);
    return {
      damaged: damaged.subarray(0, length),
      touched: (one) => one > whole,
      what: `cut off at ${length}`,
    };
  }
  if (lot < 0.16) {
    const zeroed = below(bytes.length / page);
    damaged.fill(0, zeroed * page, (zeroed + 1) * page);
    return { damaged, touched: (one) => one === zeroed + 1, what: `page ${zeroed + 1} of zeros` };
  }
  const bits = Array.from({ length: lot < 0.8 ? 1 : 2 + below(4) }, () => below(bytes.length * 8));
  for (const bit of bits) damaged[bit >> 3]! ^= 1 << (bit & 7);
  const pages = new Set(bits.map((bit) => Math.floor((bit >> 3) / page) + 1));
  return { damaged, touched: (one) => pages.has(one), what: `bits ${bits.join()}` };
}

/** The pages that each record lies in, from the sound file. */
function placesOf(path: string): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, readonly number[]>();
  const callees = new Map<unknown, readonly number[]>();
  const states = new Map<unknown, readonly number[]>();
  const file = new PageFile(path);
  const map = new PageMap(file);
  // What is due is found by an index alone; one that is damaged in several places may hide a call until it is mended.
  const roots = new Map(map.schema().map(({ name, root }) => [name, root]));
  const names: number[] = [...(map.trees().get(roots.get('queue_due') ?? 0) ?? [])];
  // From the first page of a table on: one that leads elsewhere hides what is below, which is told.
  const above = (name: string) =>
    ['queue_items', 'exits', 'scalings'].includes(name) ? [roots.get(name) ?? 0] : [];
  const rows: { name: string; row: readonly unknown[]; pages: readonly number[] }[] = [];
  collect(file, ({ table: { name }, row, pages }) => {
    rows.push({ name, row, pages });
    if (name === 'callees') callees.set(row[0], pages);
    if (name === 'queue_states') states.set(row[0], pages);
    if (name === 'queue_names' || name === 'queue_lanes') names.push(...pages);
  });
  file.close();
  for (const { name, row, pages } of rows) {
    // A record whose function is not known any more is none.
    const callee = { calls: row[4], logs: row[1], exits: row[1], scalings: row[1] }[name];
    const others =
      name === 'queue_items' ? [...(states.get(row[0]) ?? []), ...names] : (callees.get(callee) ?? []);
    places.set(`${name} ${keyOf(name, row)}`, [...pages, ...others, ...above(name)]);
  }
  return places;
}

function keyOf(table: string, row: readonly unknown[]): string {
  if (table === 'calls' || table === 'queue_items') return unpackUuid(row[1] as Uint8Array);
  if (table === 'logs') return String(row[6]).slice(0, 12);
  if (table === 'scalings') return (JSON.parse(String(row[3])) as ScalingRecord).reason;
  if (table === 'exits') return (JSON.parse(String(row[3])) as Exit).instance;
  const key = String(row[1]);
  return key.startsWith('[') ? ((JSON.parse(key) as string[]).at(-1) ?? '') : key;
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

/** Every checksum is that of what is there now: what a store without checksums would have. */
function makeFit(path: string): void {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    for (const table of sealedTables) {
      for (const { seq, key, body } of database.prepare(`SELECT * FROM ${table}`).all())
        database
          .prepare(`UPDATE ${table} SET checksum=? WHERE seq=?`)
          .run(checksumOf(table, String(key), String(body)), seq as number);
      database.exec(`UPDATE sizes SET sum=(SELECT sum(checksum) FROM ${table}) WHERE origin='${table}'`);
    }
    for (const table of historySealed) {
      const number =
        { callees: 'id', metric_series: 'id', call_blocks: 'block', log_blocks: 'block' }[table as string] ??
        'seq';
      for (const row of database.prepare(`SELECT * FROM ${table}`).all()) {
        const values = Object.values(row).slice(0, -1) as Parameters<typeof sealOf>[1];
        database
          .prepare(`UPDATE ${table} SET seal=? WHERE ${number}=?`)
          .run(sealOf(table, values), row[number] as number);
      }
    }
  } catch {
    // Not all of it can be read: that is what it is, too.
  } finally {
    database?.close();
  }
}
