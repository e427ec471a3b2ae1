// Long because: it is the whole queue in its shortest form, which the conformance suite holds the real one against.
import { fullName } from '@wherry/core/names';
import type {
  CallQueue,
  Enqueued,
  LaneState,
  LaneWish,
  Leased,
  LeaseKey,
  NewItem,
  QueueQuery,
  QueueSelection,
  Settlement,
} from '@wherry/core/ports/call-queue';
import type {
  CallResult,
  DeadReason,
  Note,
  QueuedCall,
  QueueItem,
  QueueState,
} from '@wherry/core/queued-call';
import { keyDigest, printOf } from '../queue-rules.ts';

interface Entry {
  readonly item: QueueItem;
  state: QueueState;
  due: number;
  expires: number;
  epoch: number;
  attempts: number;
  crashes: number;
  holder: string;
  note?: Note;
  reason?: DeadReason;
  editedAs?: string;
  finishedAt?: number;
  keptUntil?: number;
  result?: CallResult;
}

/** The queue without a disk: for tests, and to read how a queue behaves. */
export class MemoryCallQueue implements CallQueue {
  readonly #entries = new Map<string, Entry>();
  readonly #keys = new Map<string, { id: string; print: string; until: number }>();

  async enqueue(items: readonly NewItem[]): Promise<readonly Enqueued[]> {
    return items.map((item) => this.#enqueue(item));
  }

  async lease(
    wishes: readonly LaneWish[],
    holder: string,
    now: number,
    until: number,
    mostBytes: number,
  ): Promise<readonly Leased[]> {
    for (const entry of this.#entries.values())
      if (entry.state === 'running' && entry.due <= now) free(entry, now);
    const leased: Leased[] = [];
    let bytes = 0;
    for (const { lane, most } of wishes) {
      for (const entry of this.#due(lane, now).slice(0, most)) {
        bytes += entry.item.body.length;
        if (bytes > mostBytes && leased.length > 0) return leased;
        const { item, due, expires } = entry;
        Object.assign(entry, { state: 'running', due: until, holder });
        entry.epoch += 1;
        entry.attempts += 1;
        const { epoch, attempts, crashes } = entry;
        leased.push({ id: item.id, epoch, attempts, crashes, item: { ...item, due, expires } });
      }
    }
    return leased;
  }

  async extend(leases: readonly LeaseKey[], until: number): Promise<readonly boolean[]> {
    return leases.map((lease) => {
      const entry = this.#held(lease);
      if (entry !== undefined) entry.due = until;
      return entry !== undefined;
    });
  }

  async settle(outcomes: readonly Settlement[]): Promise<readonly boolean[]> {
    return outcomes.map((outcome) => {
      const entry = this.#held(outcome);
      if (entry === undefined) return false;
      settleOne(entry, outcome);
      if (outcome.to !== 'waiting' && outcome.next !== undefined) this.#enqueue(outcome.next);
      return true;
    });
  }

  async lanes(now?: number): Promise<readonly LaneState[]> {
    const names = new Set([...this.#entries.values()].map(({ item }) => item.lane));
    const all = [...names].map((lane) => {
      const waits = this.#due(lane, Infinity);
      const runs = [...this.#entries.values()].filter(
        ({ item, state }) => item.lane === lane && state === 'running',
      );
      const dead = [...this.#entries.values()].filter(
        ({ item, state }) => item.lane === lane && state === 'dead',
      );
      const enqueued = [...waits, ...runs].map(({ item }) => item.enqueuedAt);
      const dues = [...waits, ...runs].map(({ due }) => due);
      return {
        lane,
        ...{ waiting: waits.length, running: runs.length, dead: dead.length },
        ...(now === undefined ? {} : { ready: waits.filter(({ due }) => due <= now).length }),
        nextDue: dues.length === 0 ? undefined : Math.min(...dues),
        oldest: enqueued.length === 0 ? undefined : Math.min(...enqueued),
      };
    });
    return all.filter((one) => one.waiting > 0 || one.running > 0 || one.dead > 0);
  }

  async find({ id, body, of, lane, state, before, limit }: QueueQuery): Promise<readonly QueuedCall[]> {
    return [...this.#entries.values()]
      .filter((entry) => id === undefined || entry.item.id === id || entry.item.alias === id)
      .filter((entry) => of === undefined || fullName(entry.item.of) === fullName(of))
      .filter((entry) => lane === undefined || entry.item.lane === lane)
      .filter((entry) => state === undefined || entry.state === state)
      .filter((entry) => before === undefined || entry.item.id < before)
      .sort((a, b) => Number(b.item.id === id) - Number(a.item.id === id) || (a.item.id < b.item.id ? 1 : -1))
      .slice(0, limit)
      .map((entry) => ({
        ...shown(entry, id !== undefined),
        ...(body === true && ['waiting', 'running', 'dead'].includes(entry.state)
          ? { body: entry.item.body }
          : {}),
      }));
  }

  async change(
    { ids, of, lane }: QueueSelection,
    what: 'cancel' | 'redrive' | 'discard',
    now: number,
    keptUntil: number,
  ): Promise<readonly string[]> {
    const from = what === 'cancel' ? ['waiting', 'running'] : ['dead'];
    const meant = ids?.map((id) => this.#meant(id));
    const chosen = [...this.#entries.values()].filter(
      (entry) =>
        from.includes(entry.state) &&
        (meant === undefined || meant.includes(entry)) &&
        (what !== 'redrive' || meant !== undefined || entry.editedAs === undefined) &&
        (of === undefined || fullName(entry.item.of) === fullName(of)) &&
        (lane === undefined || entry.item.lane === lane),
    );
    for (const entry of chosen) {
      if (what === 'discard') this.#entries.delete(entry.item.id);
      else if (what === 'cancel') Object.assign(entry, { state: 'cancelled', finishedAt: now, keptUntil });
      else {
        Object.assign(entry, { state: 'waiting', due: now, expires: keptUntil, attempts: 0, crashes: 0 });
        delete entry.note;
        delete entry.reason;
        delete entry.editedAs;
        delete entry.finishedAt;
        delete entry.keptUntil;
      }
    }
    return chosen.map(({ item }) => item.id);
  }

  async prune(now: number, mostBytes: number): Promise<number> {
    for (const [key, { until }] of this.#keys) if (until <= now) this.#keys.delete(key);
    const over = [...this.#entries.values()].filter(({ keptUntil }) => keptUntil !== undefined);
    const gone = over.filter(({ keptUntil }) => (keptUntil as number) <= now);
    const left = over
      .filter((entry) => !gone.includes(entry) && entry.state !== 'dead')
      .reverse()
      .sort((a, b) => (b.finishedAt as number) - (a.finishedAt as number));
    let bytes = 0;
    for (const entry of left) if ((bytes += entry.result?.body.length ?? 0) > mostBytes) gone.push(entry);
    for (const { item } of gone) this.#entries.delete(item.id);
    return gone.length;
  }

  async release(holder: string, now: number, latestDue: number): Promise<number> {
    let freed = 0;
    for (const entry of this.#entries.values()) {
      if (entry.state === 'running' && entry.holder === holder) {
        free(entry, now);
        freed += 1;
      }
      if (entry.state === 'waiting' && entry.due > latestDue) entry.due = now;
    }
    return freed;
  }

  #enqueue(item: NewItem): Enqueued {
    const { key, instead, ...rest } = item;
    if (instead !== undefined) {
      const before = this.#entries.get(instead);
      if (before?.state !== 'dead' || before.editedAs !== undefined) return { id: item.id, as: 'gone' };
      before.editedAs = item.id;
    }
    if (key !== undefined) {
      const digest = Buffer.from(keyDigest(item.lane, key.text)).toString('hex');
      const print = Buffer.from(printOf(item)).toString('hex');
      const known = this.#keys.get(digest);
      const taken = known !== undefined && this.#entries.get(known.id)?.state === 'cancelled';
      if (known !== undefined && !taken && known.until > item.enqueuedAt)
        return { id: known.id, as: known.print === print ? 'known' : 'conflict' };
      this.#keys.set(digest, { id: item.id, print, until: key.until });
    }
    const { due, expires } = rest;
    this.#entries.set(item.id, {
      ...{ item: rest, state: 'waiting', due, expires },
      ...{ epoch: 0, attempts: 0, crashes: 0, holder: '' },
    });
    return { id: item.id, as: 'new' };
  }

  #due(lane: string, now: number): Entry[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.item.lane === lane && entry.state === 'waiting' && entry.due <= now)
      .sort((a, b) => a.due - b.due);
  }

  /** Whose own id it is, or the newest with that alias that is not over. */
  #meant(id: string): Entry | undefined {
    const own = this.#entries.get(id);
    return own ?? [...this.#entries.values()].findLast(({ item }) => item.alias === id);
  }

  #held({ id, epoch }: LeaseKey): Entry | undefined {
    const entry = this.#entries.get(id);
    return entry?.state === 'running' && entry.epoch === epoch ? entry : undefined;
  }
}

function free(entry: Entry, now: number): void {
  Object.assign(entry, { state: 'waiting', due: now, holder: '' });
  entry.note = { at: now, cause: 'whoever ran it was gone before it was over' };
}

function settleOne(entry: Entry, outcome: Settlement): void {
  entry.holder = '';
  if (outcome.to === 'waiting') {
    entry.state = 'waiting';
    entry.due = outcome.due;
    entry.note = outcome.note;
    if (!outcome.counts) entry.attempts -= 1;
    if (outcome.crashed) entry.crashes += 1;
    return;
  }
  const { to, at, keptUntil } = outcome;
  Object.assign(entry, { state: to, finishedAt: at, keptUntil });
  if (outcome.to === 'done') entry.result = outcome.result;
  else Object.assign(entry, { reason: outcome.reason, note: outcome.note, expires: keptUntil });
}

function shown(entry: Entry, whole: boolean): QueuedCall {
  const { item, state, attempts, crashes, due, expires, note, reason, finishedAt, keptUntil, result } = entry;
  const { editedAs } = entry;
  const { body, ...rest } = item;
  return {
    ...{ item: { ...rest, due, expires }, bytes: body.length, state, attempts, crashes, due },
    ...(note === undefined ? {} : { note }),
    ...(reason === undefined ? {} : { reason }),
    ...(editedAs === undefined ? {} : { editedAs }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(keptUntil === undefined ? {} : { keptUntil }),
    ...(whole && result !== undefined ? { result } : {}),
  };
}
