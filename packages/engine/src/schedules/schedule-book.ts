// Long because: what comes into force, what is due and what is kept of it change the same entries, one after the other.
import { WherryError } from '@wherry/core/errors';
import { type FunctionName, fullName } from '@wherry/core/names';
import type { Calendar, Recurrence } from '@wherry/core/ports/calendar';
import type { Cancel, Clock } from '@wherry/core/ports/clock';
import type { ScheduleStore } from '@wherry/core/ports/schedule-store';
import {
  type RuleState,
  ruleText,
  type Schedule,
  type ScheduleRule,
  type ScheduleState,
} from '@wherry/core/schedule';
import type { FunctionTable } from '../functions/function-table.ts';
import type { Order } from '../queue/queue-book.ts';
import { orderFor } from './scheduled-order.ts';
import { begun, everySlots, nextSlot, step } from './slots.ts';

export interface ScheduleParts {
  readonly clock: Clock;
  readonly store: ScheduleStore;
  readonly calendar: Calendar;
  readonly functions: FunctionTable;
  /** Puts calls into the queue, all or none. */
  readonly submit: (orders: readonly Order[]) => Promise<readonly string[]>;
  readonly problem: (message: string) => void;
}

/** One expression at work. */
interface Rule {
  readonly rule: ScheduleRule;
  readonly recurrence: Recurrence;
  state: RuleState;
  next: number | undefined;
}

interface Entry {
  readonly schedule: Schedule;
  readonly rules: readonly Rule[];
  /** Its `rules` are those of the last write. */
  kept: ScheduleState;
}

/** A function's schedule as it stands. */
export interface ScheduleView extends FunctionName {
  readonly paused: boolean;
  readonly schedule: Schedule;
  /** The next slots of each rule, in the order of the rules. */
  readonly next: readonly (readonly number[])[];
  readonly last?: NonNullable<ScheduleState['last']>;
}

const component = 'schedules';
/** A clock that was set is noticed this soon, and what could not be handed over is tried again. */
const lookMs = 5_000;
/** Functions whose slots go to the disk together. */
const groupSize = 100;

/** Calls functions by the clock: each slot is handed to the queue once, whatever dies or is set meanwhile. */
export class ScheduleBook {
  readonly #parts: ScheduleParts;
  readonly #entries = new Map<string, Entry>();
  #turn: Promise<unknown> = Promise.resolve();
  #timer: Cancel | undefined;
  /** On the monotonic clock: not before, after a look that failed. */
  #restUntil = 0;
  #open = false;

  constructor(parts: ScheduleParts) {
    this.#parts = parts;
  }

  /** Throws `bad_value` naming the expression that cannot be read. */
  check(schedule: Schedule | undefined): void {
    for (const rule of schedule?.rules ?? []) this.#recurrence(rule, 0);
  }

  /** Takes up where it was left, and makes up for what was missed, as each function wants it. */
  open(): Promise<void> {
    return this.#inTurn(async () => {
      const { store, functions } = this.#parts;
      const kept = new Map((await store.list()).map((state) => [fullName(state), state]));
      for (const [name, state] of kept)
        if (functions.get(state)?.fleet.policy.schedule === undefined) {
          await store.remove(state);
          kept.delete(name);
        }
      for (const fn of functions.list()) this.#take(fn, kept.get(fullName(fn)));
      this.#open = true;
      await this.#save([...this.#entries.values()]);
      await this.#look();
    });
  }

  /** A function was deployed or removed. What of its schedule is the same goes on, what is new begins now. */
  changed(of: FunctionName): void {
    if (!this.#open) return;
    void this.#inTurn(async () => {
      const before = this.#entries.get(fullName(of));
      this.#entries.delete(fullName(of));
      const entry = this.#take(of, before?.kept);
      if (entry !== undefined) await this.#save([entry]);
      else if (before !== undefined) await this.#parts.store.remove(of);
    }).catch((error: Error) => this.#parts.problem(`${fullName(of)}: ${error.message}`));
  }

  list(): readonly ScheduleView[] {
    return this.#parts.functions
      .list()
      .map((fn) => this.#view(fn))
      .filter((view) => view !== undefined);
  }

  /** Slots while it pauses are not made up for. Throws `schedule_unknown`. */
  pause(of: FunctionName, paused: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const entry = this.#entry(of);
      if (entry.kept.paused === paused) return;
      const seen = this.#parts.clock.now();
      const rules = entry.rules.map(({ state }) => (paused ? state : { ...state, seen }));
      const kept = { ...entry.kept, paused, rules };
      await this.#parts.store.put([kept]);
      entry.kept = kept;
      for (const [at, rule] of entry.rules.entries()) move(rule, rules[at] as RuleState);
    });
  }

  /** One run now, whatever the clock says; also while it pauses. Resolves with the call's id. Throws `schedule_unknown`. */
  run(of: FunctionName): Promise<string> {
    return this.#inTurn(async () => {
      const entry = this.#entry(of);
      const slot = Math.floor(this.#parts.clock.now());
      const [call = ''] = await this.#parts.submit([orderFor(of, entry.schedule, slot)]);
      entry.kept = { ...entry.kept, last: { call, slot } };
      await this.#save([entry], true);
      return call;
    });
  }

  /** Hands over nothing more. */
  async close(): Promise<void> {
    this.#open = false;
    this.#timer?.();
    await this.#turn;
  }

  #entry(of: FunctionName): Entry {
    const entry = this.#entries.get(fullName(of));
    if (entry !== undefined) return entry;
    throw new WherryError('schedule_unknown', `${fullName(of)} has no schedule`, {
      component,
      name: of.name,
    });
  }

  #view(of: FunctionName): ScheduleView | undefined {
    const entry = this.#entries.get(fullName(of));
    if (entry === undefined) return undefined;
    const { schedule, rules, kept } = entry;
    const now = this.#parts.clock.now();
    return {
      ...{ namespace: of.namespace, name: of.name, paused: kept.paused, schedule },
      next: rules.map(({ state, recurrence }) => {
        const slots: number[] = [];
        for (let at = nextSlot({ ...state, seen: now }, recurrence); at !== undefined && slots.length < 3; )
          at = nextSlot({ ...state, seen: slots[slots.push(at) - 1] as number }, recurrence);
        return slots;
      }),
      ...(kept.last === undefined ? {} : { last: kept.last }),
    };
  }

  /** Puts a function's schedule to work, where it has one. A rule that cannot be read any more must not keep the others from it. */
  #take(of: FunctionName, before: ScheduleState | undefined): Entry | undefined {
    const fn = this.#parts.functions.get(of);
    const schedule = fn?.fleet.policy.schedule;
    if (fn === undefined || schedule === undefined) return undefined;
    const now = this.#parts.clock.now();
    const same = before?.createdAt === fn.record.createdAt ? before : undefined;
    const known = new Map(same?.rules.map((state) => [state.rule, state]));
    const rules = schedule.rules.flatMap((rule): Rule[] => {
      try {
        const state = known.get(ruleText(rule)) ?? begun(ruleText(rule), now);
        const recurrence = this.#recurrence(rule, state.since);
        return [{ rule, recurrence, state, next: nextSlot(state, recurrence) }];
      } catch (error) {
        this.#parts.problem(`${fullName(of)} is not called by its schedule: ${(error as Error).message}`);
        return [];
      }
    });
    const { namespace, name } = fn;
    const entry: Entry = {
      ...{ schedule, rules },
      kept: {
        ...{ namespace, name, createdAt: fn.record.createdAt, paused: same?.paused ?? false },
        rules: same?.rules ?? [],
        ...(same?.last === undefined ? {} : { last: same.last }),
      },
    };
    this.#entries.set(fullName(of), entry);
    return entry;
  }

  #recurrence(rule: ScheduleRule, since: number): Recurrence {
    if (rule.everyMs !== undefined) return everySlots(rule.everyMs, since);
    try {
      return this.#parts.calendar.read(rule.expression, rule.zone);
    } catch (error) {
      throw new WherryError('bad_value', `${rule.place}: ${(error as Error).message}`, {
        component: 'rules',
      });
    }
  }

  /** Hands over what is due. What could not be handed over is due again. */
  async #look(): Promise<void> {
    const { clock } = this.#parts;
    const now = clock.now();
    // Unless it comes to its end: a disk that is full is not asked a thousand times a second.
    this.#restUntil = clock.monotonic() + lookMs;
    const due = [...this.#entries.values()].filter(
      ({ kept, rules }) =>
        !kept.paused && rules.some(({ next, state }) => (next ?? Infinity) <= now || now < state.seen),
    );
    for (let at = 0; at < due.length; at += groupSize) await this.#hand(due.slice(at, at + groupSize), now);
    this.#restUntil = 0;
  }

  async #hand(entries: readonly Entry[], now: number): Promise<void> {
    const work = entries.map((entry) => {
      const { schedule, rules, kept } = entry;
      const steps = rules.map((rule) => step(rule.state, rule.recurrence, schedule.missed, now));
      const orders = steps.flatMap(({ slots }, at) => {
        const { rule, recurrence } = rules[at] as Rule;
        return slots.map((slot) => ({ slot, order: orderFor(kept, schedule, slot, { rule, recurrence }) }));
      });
      return { entry, steps, orders };
    });
    const calls = await this.#submitted(work.map(({ orders }) => orders.map(({ order }) => order)));
    for (const [at, { entry, steps, orders }] of work.entries()) {
      for (const [place, rule] of entry.rules.entries())
        move(rule, (steps[place] as { state: RuleState }).state);
      const call = calls[at]?.at(-1);
      const slot = orders.at(-1)?.slot;
      if (call !== undefined && slot !== undefined) entry.kept = { ...entry.kept, last: { call, slot } };
    }
    await this.#save(entries);
  }

  /** Together; where one of them was handed over before as another call, each by itself: that slot has been run. */
  async #submitted(groups: readonly (readonly Order[])[]): Promise<readonly (readonly string[])[]> {
    const orders = groups.flat();
    if (orders.length === 0) return [];
    try {
      const ids = [...(await this.#parts.submit(orders))];
      return groups.map((group) => ids.splice(0, group.length));
    } catch (error) {
      if (!(error instanceof WherryError) || error.code !== 'idempotency_conflict') throw error;
      if (orders.length === 1) return groups.map(() => []);
      const alone: string[][] = [];
      for (const group of groups) {
        const ids: string[] = [];
        for (const order of group) ids.push(...((await this.#submitted([[order]]))[0] ?? []));
        alone.push(ids);
      }
      return alone;
    }
  }

  /** Writes those that differ from what is kept. */
  async #save(entries: readonly Entry[], always = false): Promise<void> {
    const states = entries
      .filter(
        ({ rules, kept }) =>
          always ||
          rules.length !== kept.rules.length ||
          rules.some(({ state }, at) => state !== kept.rules[at]),
      )
      .map((entry) => (entry.kept = { ...entry.kept, rules: entry.rules.map(({ state }) => state) }));
    if (states.length > 0) await this.#parts.store.put(states);
  }

  /** One change at a time; afterwards the clock is set for what comes next. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    const arm = (): void => this.#arm();
    this.#turn = turn.then(arm, arm);
    return turn;
  }

  #arm(): void {
    this.#timer?.();
    if (!this.#open || this.#entries.size === 0) return;
    const { clock } = this.#parts;
    const now = clock.now();
    let wait = lookMs;
    for (const { kept, rules } of this.#entries.values())
      if (!kept.paused) for (const { next } of rules) wait = Math.min(wait, (next ?? Infinity) - now);
    this.#timer = clock.after(Math.max(wait, this.#restUntil - clock.monotonic(), 1), () => {
      void this.#inTurn(() => this.#look()).catch((error: Error) => {
        this.#parts.problem(`schedules wait: ${error.message}`);
      });
    });
  }
}

function move(rule: Rule, state: RuleState): void {
  if (rule.state === state) return;
  rule.state = state;
  rule.next = nextSlot(state, rule.recurrence);
}
