// Long because: what may happen to an item is one state machine, written down once.
import { WherryError } from '@wherry/core/errors';
import type { FunctionName } from '@wherry/core/names';
import type { Enqueued, LaneState, LeaseKey, QueueQuery } from '@wherry/core/ports/call-queue';
import type { Note, QueuedCall } from '@wherry/core/queued-call';
import type { DatabaseFile } from '../database-file.ts';
import type { PackedItem, PackedLease, PackedSettlement, QueueRequest, Slice } from './queue-batch.ts';
import { QueueAside } from './queue-aside.ts';
import { QueueItems, type ItemRow } from './queue-items.ts';
import { QueueKeys } from './queue-keys.ts';
import { QueueNames, subjectOf } from './queue-names.ts';
import { QueueOutcomes } from './queue-outcomes.ts';
import { scrub } from './queue-scrub.ts';
import { QueueSearch } from './queue-search.ts';
import { dead, running, type StateRow, waiting } from './queue-seals.ts';
import { QueueStates, type ReadRow } from './queue-states.ts';
import type { Damage } from '../sealed-rows.ts';
import { damagedFile } from '../sqlite-failure.ts';
import { breathe } from '../turn.ts';

/** Names of lanes that are kept although nothing is in them. */
const mostIdleLanes = 1_000;
/** Outcomes dropped in one transaction. */
const pruneGroup = 512;

/** The queue of calls, in the database's thread. */
export class QueueRows {
  readonly #file: DatabaseFile;
  readonly #lanes: QueueNames;
  readonly #names: QueueNames;
  readonly #items: QueueItems;
  readonly #states: QueueStates;
  readonly #outcomes: QueueOutcomes;
  readonly #keys: QueueKeys;
  readonly #search: QueueSearch;
  readonly #aside: QueueAside;
  readonly #room: number;
  /** What is leased now, so that settling it need not look for it. */
  readonly #leased = new Map<string, StateRow>();

  /** `room`: how many bytes the database may hold before nothing more is taken. */
  constructor(file: DatabaseFile, report: (damage: Damage) => void, room = Infinity) {
    this.#file = file;
    this.#room = room;
    this.#lanes = new QueueNames(file, 'queue_lanes');
    this.#names = new QueueNames(file, 'queue_names');
    this.#items = new QueueItems(file);
    this.#states = new QueueStates(file);
    this.#outcomes = new QueueOutcomes(file);
    this.#keys = new QueueKeys(file);
    this.#search = new QueueSearch(file, { lanes: this.#lanes, names: this.#names, items: this.#items });
    this.#aside = new QueueAside(file, report);
  }

  /** Does what is asked, all of it or nothing, in one transaction that is on disk when this returns. */
  apply(requests: readonly QueueRequest[], bodies: Uint8Array): unknown[] {
    const adds = requests.some(({ kind }) => kind === 'enqueue');
    try {
      if (adds) this.#mustHaveRoom();
      const write = (): unknown[] => {
        const done = requests.map((request) => this.#do(request, bodies));
        this.#items.finish();
        return done;
      };
      // What is in the queue goes on when the disk is full; only more of it is not taken.
      const outcomes = adds
        ? this.#file.transaction(this.#file.durable, write)
        : this.#file.release(write, () => this.#reload());
      this.#aside.tell();
      return outcomes;
    } catch (error) {
      this.#reload();
      throw error;
    } finally {
      this.#aside.forget();
    }
  }

  /** Before the disk is full: then nothing else on this machine could write either. */
  #mustHaveRoom(): void {
    const held = this.#file.heldBytes();
    if (held < this.#room) return;
    const [has, may] = [held, this.#room].map((bytes) => `${Math.round(bytes / 2 ** 20)} MiB`);
    const cause = `the database holds ${has} of the ${may} that the queue may fill (WHERRY_QUEUE_ROOM)`;
    throw new WherryError('storage_full', cause, { component: 'storage' });
  }

  /** What follows from an outcome has to be kept; where there is no room, without its body. */
  #fitting(item: PackedItem): PackedItem {
    if (item.body.length === 0 || this.#file.heldBytes() < this.#room) return item;
    const head = JSON.parse(item.head) as { answer?: { headers: string[] } };
    head.answer?.headers.push('X-Wherry-Body', 'left out: the queue has no room');
    return { ...item, head: JSON.stringify(head), body: { at: 0, length: 0 } };
  }

  /** Forgets what is known of rows that a transaction wrote and took back. */
  #reload(): void {
    this.#aside.forget();
    this.#items.reload();
    this.#names.reload();
    this.#lanes.reload();
    this.#states.reload();
    this.#outcomes.reload();
    this.#leased.clear();
  }

  find(query: QueueQuery): Promise<readonly QueuedCall[]> {
    return this.#search.find(query);
  }

  lanes(now?: number): LaneState[] {
    const ends = this.#states.leaseEnds();
    return this.#states.lanes().map(({ lane, waiting: some, running: others, dead: gone }) => {
      return {
        lane: this.#lanes.nameOf(lane),
        waiting: some,
        running: others,
        dead: gone,
        ...(now === undefined ? {} : { ready: this.#states.ready(lane, now) }),
        nextDue: earlier(this.#states.nextDue(lane), ends.get(lane)),
        oldest: this.#states.oldest(lane),
      };
    });
  }

  async prune(now: number, mostBytes: number): Promise<number> {
    let dropped = 0;
    for (let group = pruneGroup; group === pruneGroup; dropped += group) {
      await breathe();
      group = this.#file.transaction(this.#file.durable, () =>
        this.#outcomes.prune(now, mostBytes, pruneGroup),
      );
    }
    await breathe();
    this.#file.transaction(this.#file.durable, () => {
      this.#keys.prune(now);
      // Receivers of answers are as many as callers think of.
      if (this.#lanes.size > mostIdleLanes) this.#lanes.drop((lane) => this.#states.isEmpty(lane));
    });
    for (const row of this.#search.deadUntil(now)) {
      await breathe();
      this.#file.transaction(this.#file.durable, () => this.#forget(row));
      dropped += 1;
    }
    return dropped;
  }

  release(holder: string, now: number, latestDue: number): number {
    void this.#scrub(now);
    const number = this.#names.find(holder);
    const held = this.#search.all(running).filter((row) => row.holder === number);
    const far = this.#search.dueAfter(latestDue);
    if (held.length === 0 && far.length === 0) return 0;
    this.#file.transaction(this.#file.durable, () => {
      for (const row of held) this.#free(row, now);
      for (const row of far) this.#states.write(Object.assign(row, { due: now }), row.state);
    });
    return held.length;
  }

  /** In transactions of its own; a disk that does not let it is looked at again by the next start. */
  async #scrub(now: number): Promise<void> {
    const aside = (row: { readonly seq: number }, work: () => void): void => {
      this.#file.transaction(this.#file.durable, () => {
        work();
        this.#items.remove(row.seq);
      });
      this.#aside.tell();
    };
    try {
      const mended = await scrub(this.#file, {
        damaged: (row) =>
          aside(row, () => {
            this.#aside.put(row, this.#items.get(row.seq), now);
            this.#states.remove(row, row.state);
          }),
        orphan: (seq) => aside({ seq }, () => this.#aside.putOrphan(seq, this.#items.get(seq), now)),
      });
      if (mended) this.#states.reload();
    } catch {
      this.#aside.forget();
    }
  }

  #do(request: QueueRequest, bodies: Uint8Array): unknown {
    switch (request.kind) {
      case 'enqueue':
        return request.items.map((item) => this.#enqueue(item, bodies));
      case 'lease':
        return this.#lease(request);
      case 'extend':
        return request.leases.map((lease) => this.#extend(lease, request.until));
      case 'settle':
        return request.outcomes.map((outcome) => this.#settle(outcome, bodies));
      case 'change':
        return this.#change(request);
    }
  }

  #enqueue(packed: PackedItem, bodies: Uint8Array): Enqueued {
    const known = this.#keys.claim(packed);
    if (known !== undefined) return { id: known.id, as: known.same ? 'known' : 'conflict' };
    const { id, alias, lane, of, head, enqueuedAt, due, expires, instead } = packed;
    if (instead !== undefined) {
      this.#items.finish();
      if (!this.#states.givePlace(this.#items.seqOf(instead), id)) return { id, as: 'gone' };
    }
    this.#items.add({ id, alias: alias ?? null, head, body: part(bodies, packed.body) }, (seq) =>
      this.#states.columns({
        ...{ seq, lane: this.#lanes.number(lane), callee: this.#names.number(of) },
        ...{ state: waiting, due, expires, enqueued: enqueuedAt },
        ...{ epoch: 0, attempts: 0, crashes: 0, holder: 0, note: '' },
      }),
    );
    return { id, as: 'new' };
  }

  #lease({ wishes, holder, now, until, mostBytes }: Extract<QueueRequest, { kind: 'lease' }>): PackedLease[] {
    this.#items.finish();
    for (const row of this.#states.overdue(now)) this.#free(row, now);
    const by = this.#names.number(holder);
    const leased: PackedLease[] = [];
    let bytes = 0;
    for (const { lane, most } of wishes) {
      const number = this.#lanes.find(lane);
      if (number === undefined) continue;
      for (const row of this.#states.due(number, now, most)) {
        const item = this.#items.get(row.seq);
        if (!row.sound || item === undefined || !item.sound) {
          this.#aside.put(row, item, now);
          this.#forget(row);
          continue;
        }
        bytes += item.body.length;
        if (bytes > mostBytes && leased.length > 0) return leased;
        leased.push(this.#take(row, item, by, until));
      }
    }
    return leased;
  }

  #take(row: ReadRow, item: ItemRow, holder: number, until: number): PackedLease {
    const { due, enqueued, expires } = row;
    const next = { state: running, due: until, holder, epoch: row.epoch + 1, attempts: row.attempts + 1 };
    this.#states.write(Object.assign(row, next), waiting);
    this.#leased.set(item.id, row);
    return {
      ...{
        id: item.id,
        epoch: row.epoch,
        alias: item.alias ?? undefined,
        lane: this.#lanes.nameOf(row.lane),
      },
      ...{ of: this.#functionOf(row), head: item.head, body: item.body },
      ...{ enqueuedAt: enqueued, due, expires, attempts: row.attempts, crashes: row.crashes },
    };
  }

  /** A lease that its holder did not end. */
  #free(row: StateRow, now: number): void {
    const was = row.state;
    const note: Note = { at: now, cause: 'whoever ran it was gone before it was over' };
    Object.assign(row, { state: waiting, due: now, holder: 0 });
    row.note = JSON.stringify({ note });
    this.#states.write(row, was);
    for (const [id, held] of this.#leased) if (held.seq === row.seq) this.#leased.delete(id);
  }

  #held({ id, epoch }: LeaseKey): StateRow | undefined {
    const seq = this.#leased.get(id)?.seq ?? this.#items.seqOf(id);
    const row = this.#leased.get(id) ?? (seq === undefined ? undefined : this.#states.get(seq));
    return row !== undefined && row.state === running && row.epoch === epoch ? row : undefined;
  }

  #extend(lease: LeaseKey, until: number): boolean {
    const row = this.#held(lease);
    if (row === undefined) return false;
    this.#states.write(Object.assign(row, { due: until }), running);
    return true;
  }

  #settle(outcome: PackedSettlement, bodies: Uint8Array): boolean {
    const row = this.#held(outcome);
    if (row === undefined) return false;
    this.#leased.delete(outcome.id);
    if (outcome.to === 'waiting') {
      const { due, note, counts, crashed } = outcome;
      const attempts = row.attempts - (counts ? 0 : 1);
      const crashes = row.crashes + (crashed ? 1 : 0);
      Object.assign(row, {
        state: waiting,
        due,
        holder: 0,
        attempts,
        crashes,
        note: JSON.stringify({ note }),
      });
      this.#states.write(row, running);
      return true;
    }
    if (outcome.to === 'dead') {
      const { at, reason, note, keptUntil } = outcome;
      const said = JSON.stringify({ note, reason, finishedAt: at });
      Object.assign(row, { state: dead, due: at, expires: keptUntil, holder: 0, note: said });
      this.#states.write(row, running);
    } else {
      const { at, answer, body, keptUntil } = outcome;
      this.#over(row, { answer, body: part(bodies, body), at, keptUntil, cancelled: false });
    }
    if (outcome.next !== undefined) this.#enqueue(this.#fitting(outcome.next), bodies);
    return true;
  }

  /** Moves an item to where outcomes are. */
  #over(
    row: StateRow,
    end: { answer: string; body: Uint8Array; at: number; keptUntil: number; cancelled: boolean },
  ): void {
    this.#items.finish();
    const item = this.#items.get(row.seq);
    if (item === undefined) return;
    const { lane, attempts, crashes, enqueued, expires, due } = row;
    const stand = {
      lane: this.#lanes.nameOf(lane),
      attempts,
      crashes,
      enqueued,
      expires,
      due,
      bytes: item.body.length,
    };
    const head = `{"item":${item.head},"stand":${JSON.stringify({ ...stand, finishedAt: end.at })},"last":${row.note || '{}'},"answer":${end.answer}}`;
    this.#outcomes.add({
      ...item,
      callee: row.callee,
      cancelled: end.cancelled,
      keptUntil: end.keptUntil,
      head,
      body: end.body,
    });
    this.#states.remove(row, row.state);
    this.#items.remove(row.seq);
    this.#leased.delete(item.id);
  }

  #change({ selection, what, now, keptUntil }: Extract<QueueRequest, { kind: 'change' }>): string[] {
    this.#items.finish();
    const changed: string[] = [];
    for (const { row, id } of this.#search.selected(selection, what)) {
      const was = row.state;
      if (what === 'cancel')
        this.#over(row, { answer: 'null', body: nothing, at: now, keptUntil, cancelled: true });
      else if (what === 'discard') this.#forget(row);
      else {
        Object.assign(row, {
          state: waiting,
          due: now,
          expires: keptUntil,
          attempts: 0,
          crashes: 0,
          note: '',
        });
        this.#states.write(row, was);
      }
      changed.push(id);
    }
    return changed;
  }

  #forget(row: StateRow): void {
    this.#states.remove(row, row.state);
    this.#items.remove(row.seq);
  }

  #functionOf(row: StateRow): FunctionName {
    const name = subjectOf(this.#names.nameOf(row.callee));
    // Made without it, the call would go nowhere and be counted as made.
    if (name === undefined) throw damagedFile(this.#file.path, `the name of function ${row.callee} is lost`);
    return name;
  }
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

const nothing = new Uint8Array(0);

function part(bodies: Uint8Array, { at, length }: Slice): Uint8Array {
  return bodies.subarray(at, at + length);
}
