// Long because: the life of one deployment's instances is one state machine; its parts (roster, line, setbacks, budget, member) are beside it.
import { asWherryError, type WherryError } from '@wherry/core/errors';
import { type Deployment, type DeploymentKey, keyOf } from '@wherry/core/function';
import type { Exit } from '@wherry/core/instance';
import type { Policy } from '@wherry/core/rules/policy';
import { VersionCounts } from '../record/version-counts.ts';
import type { Sleeper } from './budget.ts';
import { Departures } from './departures.ts';
import type { FleetParts } from './fleet-parts.ts';
import { Line, type Place } from './line.ts';
import { leastBusy, type Member } from './member.ts';
import { Pace } from './pace.ts';
import { Roster } from './roster.ts';
import { type Failure, removed } from './refusals.ts';
import { Setbacks } from './setbacks.ts';
import { Starts } from './starts.ts';
import { Upkeep } from './upkeep.ts';

/** A call waits this long for a function in back-off; after that it is told to come back. */
const patienceMs = 5_000;
/** All instances of one deployment: who takes a call, when one starts, when all sleep. */
export class Fleet implements Sleeper {
  readonly deployment: Deployment;
  readonly key: DeploymentKey;
  readonly policy: Policy;
  readonly pace = new Pace();
  readonly departures: Departures;
  readonly #parts: FleetParts;
  readonly #roster: Roster;
  readonly #line = new Line();
  readonly #setbacks: Setbacks;
  readonly #starts: Starts;
  #pending = 0;
  #lastUsed: number;
  #waking: Promise<void> | undefined;
  #retired = false;
  #abandoned = false;
  #emptied: (() => void) | undefined;
  readonly #upkeep: Upkeep;
  /** Instances that somebody asked for by hand: the least while it is awake. */
  wanted: number;
  /** Instances that the load asks for; undefined where nobody has looked since it woke, or since it was scaled by hand. */
  demand: number | undefined;
  /** Put to sleep by hand, also where it always runs otherwise: until somebody calls. */
  paused = false;
  /** Calls that came since it was made. */
  calls = 0;
  readonly counts = new VersionCounts();
  /** Calls of the function's name or of an alias come to this version: then what must always run does. */
  #led = false;

  constructor(deployment: Deployment, policy: Policy, wanted: number, parts: FleetParts) {
    this.deployment = deployment;
    this.key = keyOf(deployment);
    this.policy = policy;
    this.#parts = parts;
    this.#setbacks = new Setbacks(this.key, parts.clock);
    this.#roster = new Roster(deployment, policy, parts, {
      lost: (member) => this.#lost(member),
      failed: (error) => this.#failed(parts.clock.now(), error.message, error.excerpt?.split('\n') ?? [], 0),
    });
    this.departures = new Departures({
      clock: parts.clock,
      deadlineMs: policy.deadlineMs,
      stop: (member) => this.#roster.stop(member),
      hangs: (reason) => {
        this.#setbacks.last = { at: parts.clock.now(), reason, lastWords: [] };
        this.#wakeForLine();
      },
      replaced: () => this.maintain(),
    });
    this.#upkeep = new Upkeep({
      clock: parts.clock,
      missing: () => !this.ended && this.ready < this.#min,
      backOffMs: () => this.backOffMs,
      fill: () => this.#fill(`at least ${policy.min} always run`),
    });
    this.#starts = new Starts(this, parts.gate.most);
    this.#lastUsed = parts.clock.monotonic();
    this.wanted = wanted;
    parts.budget.join(this);
  }

  /** At least one instance takes calls. */
  get awake(): boolean {
    return this.members.some((member) => !member.draining);
  }

  get members(): readonly Member[] {
    return this.#roster.members;
  }

  get ready(): number {
    return this.#taking.length;
  }

  get #taking(): Member[] {
    return this.members.filter((member) => !member.draining);
  }

  get starting(): boolean {
    return this.#waking !== undefined || this.#starts.any;
  }

  /** How many there should be while it is awake. */
  get target(): number {
    return Math.min(this.policy.max, Math.max(this.floor, this.demand ?? 0));
  }

  /** What there is of it in any case while it is awake. */
  get floor(): number {
    return this.#led ? Math.max(this.wanted, this.policy.least) : 1;
  }

  /** A newer version took over, or it was removed. */
  get retired(): boolean {
    return this.#retired;
  }

  /** Calls that wait for it to wake; whoever waits counts itself. */
  sleepless = 0;

  /** Calls that wait, for a place or for the first instance. */
  get waiting(): number {
    return this.#line.length + this.sleepless;
  }

  get inFlight(): number {
    let sum = 0;
    for (const { inFlight } of this.members) sum += inFlight;
    return sum;
  }

  /** How long a call that joins the line now waits, as calls go at present; undefined where nobody knows. */
  get waitMs(): number | undefined {
    // Instances on their way count: nobody is sent away while the places come that the line asked for.
    const places = this.target * (this.members[0]?.limit ?? 1);
    return this.pace.waitMs(this.#line.length, Math.max(this.inFlight, places));
  }

  /** How long the last start took. */
  get startMs(): number {
    return this.#roster.startMs;
  }

  get crashes(): number {
    return this.#setbacks.crashes;
  }

  get backOffMs(): number {
    return this.#setbacks.leftMs;
  }

  /** Nothing more is started. */
  get ended(): boolean {
    return this.#retired || this.paused;
  }

  /** What keeps it from starting more for now. */
  get obstacle(): WherryError | undefined {
    return this.backOffMs > 0 ? this.#setbacks.error() : undefined;
  }

  get lastFailure(): Failure | undefined {
    return this.#setbacks.last;
  }

  /** A call is on its way to this version: until `release` it neither sleeps nor ends. */
  hold(): void {
    this.#pending += 1;
    this.calls += 1;
  }

  release(): void {
    this.#pending -= 1;
    this.#lastUsed = this.#parts.clock.monotonic();
    if (this.#pending > 0) return;
    if (this.#retired) this.#emptied?.();
    else if (this.paused) void this.sleep(this.#whyPaused);
  }

  get idleSince(): number | undefined {
    const busy = this.#pending > 0 || this.starting || this.members.length === 0;
    const stays = !this.#retired && !this.paused && this.#min > 0;
    return busy || stays || this.members.some((member) => member.inFlight > 0) ? undefined : this.#lastUsed;
  }

  /** A place in the least busy instance, unless others wait for one. */
  place(small: boolean): Member | undefined {
    return this.#line.length > 0 ? undefined : this.#take(small);
  }

  readonly #take = (small: boolean): Member | undefined => {
    const member = leastBusy(this.members, small);
    if (member !== undefined) member.inFlight += 1;
    return member;
  };

  give(member: Member): void {
    member.inFlight -= 1;
    if (member.inFlight === 0) this.departures.emptied(member);
    if (this.#line.length > 0) this.#line.serve(this.#take);
    // A cancelled call is over before its instance has let go of it.
    else if (this.paused && this.#pending === 0) void this.sleep(this.#whyPaused);
  }

  /** A call was answered after so many milliseconds. */
  answered(member: Member, ms: number): void {
    member.answered(ms);
    this.pace.answered(ms);
  }

  line(small: boolean): Place {
    // A function that sleeps or crashed in between must be woken by those who wait, or they wait for nobody.
    if (!this.awake) this.wake().catch((error) => this.#line.dismiss(asWherryError(error, 'engine')));
    const place = this.#line.join(small);
    this.#parts.told.pressed(this);
    return place;
  }

  /** Starts the first instance; all who ask meanwhile share that start. Rejects with what stands in the way. */
  wake(why = 'a call came'): Promise<void> {
    if (this.awake) return Promise.resolve();
    if (this.#abandoned) return Promise.reject(removed(this.key));
    this.paused = false;
    this.#waking ??= this.#startWhenAllowed(why).finally(() => {
      this.#waking = undefined;
      this.#lastUsed = this.#parts.clock.monotonic();
    });
    return this.#waking;
  }

  /** Starts one instance to show that this version works. Rejects with `deploy_failed` and the function's own words. */
  async prove(): Promise<void> {
    await this.#starts.one();
    this.#parts.told.woke(this, 'one instance shows that this version starts');
  }

  /** A number asked for by hand: fewer go at once, after the calls that they have. Errors are kept as the last failure. */
  async scale(wanted: number, why = `${wanted} asked for by hand`): Promise<void> {
    this.wanted = wanted;
    this.demand = undefined;
    this.paused = wanted === 0;
    if (this.paused) return this.sleep(this.#whyPaused);
    const from = this.ready;
    await this.#fill(why);
    const surplus = this.#taking.sort((a, b) => b.inFlight - a.inFlight).slice(this.target);
    const gone = Promise.all(surplus.map((member) => this.departures.drain(member)));
    if (this.ready !== from && from > 0) this.#parts.told.scaled(this, from, why);
    await gone;
  }

  /** Instances that the load asks for: more start now, fewer go when they have nothing to do. Rejects with what kept one from starting. */
  async follow(demand: number): Promise<void> {
    this.demand = demand;
    const surplus = this.ready - this.target;
    if (surplus <= 0) return this.#fill();
    const leastBusyFirst = this.#taking.sort((a, b) => a.inFlight - b.inFlight);
    for (const member of leastBusyFirst.slice(0, surplus)) this.departures.leave(member);
  }

  #callBack(): void {
    for (const member of this.members) if (this.ready < this.target) this.departures.callBack(member);
    if (this.#line.length > 0) this.#line.serve(this.#take);
  }

  /** Stops one instance that has nothing to do, and that the calls of this moment don't need. Undefined where there is none. */
  spare(): Promise<void> | undefined {
    const calls = this.inFlight + this.waiting;
    const needed = Math.ceil(calls / Math.max(1, this.members[0]?.limit ?? 1));
    if (this.starting || this.ready <= Math.max(this.floor, needed)) return undefined;
    const idle = this.#taking.find(({ inFlight }) => inFlight === 0);
    return idle === undefined ? undefined : this.#roster.stop(idle);
  }

  /** Stops every instance that has nothing to do. Resolves when they are gone. */
  async sleep(why = 'no call came'): Promise<void> {
    if (this.#pending > 0) return;
    const from = this.ready;
    const idle = this.members.filter(
      (member) => member.stopping !== undefined || (!member.draining && member.inFlight === 0),
    );
    const gone = Promise.all(idle.map((member) => this.#roster.stop(member)));
    this.demand = undefined;
    if (from > 0 && !this.awake) this.#parts.told.slept(this, from, why);
    await gone;
  }

  /** Keeps at least the instances that must always run. */
  maintain(): void {
    this.#upkeep.keep();
  }

  get led(): boolean {
    return this.#led;
  }

  /** What must always run: nothing, where nobody is led here. */
  get #min(): number {
    return this.#led ? this.policy.min : 0;
  }

  get #whyPaused(): string {
    return this.#led ? 'scaled to 0 by hand' : 'no calls are led to this version any more';
  }

  /** From now on calls are led here. */
  lead(): void {
    if (this.#led) return;
    this.#led = true;
    this.paused = false;
  }

  /** No more calls are led here: it sleeps as soon as it has finished those that it has, and wakes only for who asks for this very version. */
  rest(): void {
    if (!this.#led) return;
    this.#led = false;
    this.#upkeep.stop();
    this.paused = true;
    void this.sleep(this.#whyPaused);
  }

  /** Nobody can call this version any more: finishes what it has, then ends. Resolves when nothing of it is left. */
  async retire(): Promise<void> {
    this.#retired = true;
    this.#upkeep.stop();
    if (this.#pending > 0) await new Promise<void>((resolve) => (this.#emptied = resolve));
    await this.#starts.over();
    await Promise.all(this.members.map((member) => this.#roster.stop(member)));
    this.#parts.budget.leave(this);
  }

  /** Ends at once, whatever is in flight. */
  async abandon(graceMs = this.#parts.stopGraceMs): Promise<void> {
    this.#retired = true;
    this.#abandoned = true;
    this.#upkeep.stop();
    this.#line.dismiss(removed(this.key));
    await Promise.all(this.members.map((member) => this.#roster.stop(member, graceMs)));
    this.#parts.budget.leave(this);
  }

  /** The provider tells that one of ours ended. */
  exited(exit: Exit): void {
    const member = this.#roster.exited(exit);
    if (member === undefined) return;
    this.#failed(exit.at, exit.reason, exit.lastWords, this.#parts.clock.monotonic() - member.since);
    this.#wakeForLine();
    this.maintain();
  }

  /** The connection to an instance was lost: it takes no more calls. Its end follows, or is brought about. */
  #lost(member: Member): void {
    this.departures.lose(member, () => this.members.includes(member));
    this.#wakeForLine();
  }

  /** Those who wait in line were counting on an instance that is gone. */
  #wakeForLine(): void {
    if (this.#line.length === 0 || this.awake) return;
    this.wake().catch((error) => this.#line.dismiss(asWherryError(error, 'engine')));
  }

  /** Why calls on this instance failed, once its end is known. */
  crashReason(instance: string, otherwise: string): Promise<WherryError> {
    return this.#roster.crashReason(instance, otherwise);
  }

  async #startWhenAllowed(why: string): Promise<void> {
    const left = this.backOffMs;
    if (left > patienceMs) throw this.#setbacks.error();
    if (left > 0) await new Promise<void>((resolve) => this.#parts.clock.after(left, resolve));
    await this.#starts.one().catch((error) => {
      throw error.code === 'deploy_failed' ? this.#setbacks.error(error) : error;
    });
    this.#parts.told.woke(this, why);
    void this.#fill().catch(() => undefined);
  }

  /** Together with `wake`, the only place where instances are added. */
  #fill(why?: string): Promise<void> {
    this.#callBack();
    return this.#starts.fill(why);
  }

  /** One more instance, for `Starts`. */
  async start(): Promise<void> {
    const member = await this.#roster.start(this.awake);
    // Nobody is left who could call it; calls that came before a newer version still may.
    if (this.#abandoned || (this.#retired && this.#pending === 0)) return await this.#roster.stop(member);
    this.#line.serve(this.#take);
    if (this.paused && this.#pending === 0) void this.sleep(this.#whyPaused);
  }

  #failed(at: number, reason: string, lastWords: readonly string[], livedMs: number): void {
    this.#setbacks.failed({ at, reason, lastWords }, livedMs);
  }
}
