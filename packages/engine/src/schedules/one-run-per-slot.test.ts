// Hundreds of lives of a gateway: whatever dies, fills up or is set at whatever moment, no slot runs twice, and the schedule goes on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WherryError } from '@wherry/core/errors';
import type { Clock } from '@wherry/core/ports/clock';
import type { ScheduleStore } from '@wherry/core/ports/schedule-store';
import { scheduleOf } from '@wherry/core/rules/schedules';
import { MemoryScheduleStore } from '@wherry/storage/memory/schedule-store';
import { seed, seeded } from '@wherry/testkit/seeded';
import { settle, SimulatedClock } from '@wherry/testkit/simulated-clock';
import { cronCalendar } from '@wherry/triggers/cron-calendar';
import type { FunctionTable } from '../functions/function-table.ts';
import type { Order } from '../queue/queue-book.ts';
import { ScheduleBook } from './schedule-book.ts';

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
const year = 365 * day;
const runs = 60;

/** What outlives a gateway: its clock, its disk, and the queue on it with the keys it remembers. */
class Machine {
  readonly clock = new SimulatedClock();
  readonly disk = new MemoryScheduleStore();
  readonly keys = new Map<string, { id: string; until: number }>();
  /** Calls that were to be made: by rule and slot. */
  readonly made: string[] = [];
  /** What goes wrong next. */
  fault: 'queue full' | 'queue lost the answer' | 'note lost' | 'note hangs' | undefined;

  /** As a queue does: a key that is remembered is the same call. Its time only goes forward. */
  async submit(orders: readonly Order[]): Promise<readonly string[]> {
    const fault = this.fault;
    if (fault === 'queue full') throw new WherryError('queue_unavailable', 'full', { component: 'test' });
    const now = this.clock.monotonic();
    const ids = orders.map(({ key = '', keyMs = 0, head }) => {
      const known = this.keys.get(key);
      if (known !== undefined && known.until > now) return known.id;
      const id = `call ${this.made.length}`;
      this.keys.set(key, { id, until: now + keyMs });
      this.made.push(`${key.split('\n')[3]} ${head.headers[head.headers.indexOf('X-Wherry-Slot') + 1]}`);
      return id;
    });
    if (fault === 'queue lost the answer')
      throw new WherryError('queue_unavailable', 'it is unknown whether it was written', {
        component: 'test',
      });
    return ids;
  }
}

/** One life of a gateway on it. After `kill` nothing that it began goes on. */
class Life {
  readonly book: ScheduleBook;
  #dead = false;

  constructor(machine: Machine, annotations: Record<string, string>) {
    const schedule = scheduleOf((key) => annotations[key]);
    const fn = { namespace: 'n', name: 'job', record: { createdAt: 1 }, fleet: { policy: { schedule } } };
    const never = new Promise<never>(() => undefined);
    const alive = <T>(promise: Promise<T>): Promise<T> =>
      promise.then(
        (value) => (this.#dead ? never : value),
        (error: Error) => (this.#dead ? never : Promise.reject(error)),
      );
    const { clock, disk } = machine;
    this.book = new ScheduleBook({
      clock: {
        now: () => clock.now(),
        monotonic: () => clock.monotonic(),
        after: (ms, task) => clock.after(ms, () => this.#dead || task()),
        every: (ms, task) => clock.every(ms, () => (this.#dead ? undefined : task())),
      } satisfies Clock,
      store: {
        list: () => disk.list(),
        remove: (of) => disk.remove(of),
        put: (states) => {
          if (machine.fault === 'note hangs') return never;
          if (machine.fault === 'note lost') return alive(Promise.reject(new Error('full')));
          return alive(disk.put(states));
        },
      } satisfies ScheduleStore,
      calendar: cronCalendar,
      functions: { get: () => fn, list: () => [fn] } as unknown as FunctionTable,
      submit: (orders) => alive(machine.submit(orders)),
      problem: () => undefined,
    });
  }

  kill(): void {
    this.#dead = true;
  }
}

test('every slot runs at most once, and the schedule goes on', async () => {
  const random = seeded();
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  for (let run = 0; run < runs; run++) {
    const expression = pick([
      ...['*/10 * * * *', '@every 13m', '0 */2 * * *', '30 */20 * * * *', '@every 90s'],
      ...[
        'TZ=Europe/Berlin 30 */1 * * *',
        'TZ=Europe/Berlin 30 1,2,3,4 * * *; 0 12 * * *',
        '0 0 29 2 *; @hourly',
      ],
    ]);
    const missed = pick(['skip', 'once', 'all']);
    const annotations = { 'com.wherry.schedule': expression, 'com.wherry.schedule.missed': missed };
    const note = `${expression}, ${missed} (WHERRY_FUZZ_SEED=${seed}, run ${run})`;
    const machine = new Machine();
    // The nights in which Berlin's clocks are changed are among them.
    const start = pick([Date.UTC(2026, 2, 28, 20), Date.UTC(2026, 9, 24, 20), Date.UTC(2028, 1, 28, 20)]);
    machine.clock.jump(start - machine.clock.now());
    let life = new Life(machine, annotations);
    await life.book.open();
    // What a clock that was set back shows a second time is not run a second time.
    let back = 0;
    for (let event = 0; event < 20; event++) {
      const kind = random();
      if (kind < 0.2) {
        const jump = pick([
          hour,
          -hour,
          10 * year,
          -10 * year,
          second,
          -second,
          -5,
          40 * minute,
          2 * day,
          random() * day,
        ]);
        if (jump === -hour) back += hour;
        machine.clock.jump(jump);
      } else if (kind < 0.5)
        machine.fault = pick(['queue full', 'queue lost the answer', 'note lost', 'note hangs']);
      await machine.clock.advance(random() * (machine.fault === undefined ? 60 : 10) * minute);
      const hung = machine.fault === 'note hangs';
      machine.fault = undefined;
      if (!hung && kind < 0.75) continue;
      life.kill();
      await settle();
      // Down for a while.
      if (random() < 0.5) await machine.clock.advance(random() * 8 * hour);
      life = new Life(machine, annotations);
      await life.book.open();
    }
    const before = machine.made.length;
    await machine.clock.advance(3 * hour + back);
    assert.equal(new Set(machine.made).size, machine.made.length, `twice: ${note}`);
    if (!/29 2|12 \*/.test(expression)) assert.ok(machine.made.length > before, `it went on: ${note}`);
    await life.book.close();
  }
});
