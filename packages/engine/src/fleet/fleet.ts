// Long because: the life of one deployment's instances is one state machine; its parts (line, back-off, budget, member) are beside it.
import { asWherryError, type WherryError } from '@wherry/core/errors';
import { type Deployment, type DeploymentKey, keyOf } from '@wherry/core/function';
import type { Exit } from '@wherry/core/instance';
import type { Cancel } from '@wherry/core/ports/clock';
import type { Policy } from '@wherry/core/rules/policy';
import { BackOff } from './back-off.ts';
import type { Sleeper } from './budget.ts';
import { VersionCounts } from '../record/version-counts.ts';
import { ExitNews } from './exit-news.ts';
import type { FleetParts } from './fleet-parts.ts';
import { Line, type Place } from './line.ts';
import { leastBusy, Member } from './member.ts';
import { broken, crashed, type Failure, removed } from './refusals.ts';

/** A cancelled call has to be let go within this time. */
const letGoMs = 5_000;
/** A call waits this long for a function in back-off; after that it is told to come back. */
const patienceMs = 5_000;
/** What must always run and could not be started is tried again after this, or after the back-off where that is longer. */
const retryMs = 1_000;

/** All instances of one deployment: who takes a call, when one starts, when all sleep. */
export class Fleet implements Sleeper {
  readonly deployment: Deployment;
  readonly key: DeploymentKey;
  readonly policy: Policy;
  readonly #parts: FleetParts;
  readonly #members: Member[] = [];
  readonly #line = new Line();
  readonly #backOff = new BackOff();
  readonly #reservations = new Map<string, () => void>();
  readonly #expected = new Set<string>();
  readonly #news: ExitNews;
  readonly #starts = new Set<Promise<void>>();
  #pending = 0;
  #lastUsed: number;
  #waking: Promise<void> | undefined;
  #filling: Promise<void> | undefined;
  #retired = false;
  #abandoned = false;
  #emptied: (() => void) | undefined;
  #restart: Cancel | undefined;
  /** Instances that somebody asked for by hand, while it is awake. */
  wanted: number;
  /** Put to sleep by hand, also where it always runs otherwise: until somebody calls. */
  paused = false;
  /** How the last instance ended that was not stopped by us, or why the last start failed. */
  lastFailure: Failure | undefined;
  readonly counts = new VersionCounts();
  /** Calls of the function's name or of an alias come to this version: then what must always run does. */
  #led = false;

  constructor(deployment: Deployment, policy: Policy, wanted: number, parts: FleetParts) {
    this.deployment = deployment;
    this.key = keyOf(deployment);
    this.policy = policy;
    this.#parts = parts;
    this.#news = new ExitNews(parts.clock);
    this.#lastUsed = parts.clock.monotonic();
    this.wanted = wanted;
    parts.budget.join(this);
  }

  /** At least one instance takes calls. */
  get awake(): boolean {
    return this.#members.length > 0 && this.#members.some((member) => !member.draining);
  }

  get members(): readonly Member[] {
    return this.#members;
  }

  get ready(): number {
    return this.#members.filter((member) => !member.draining).length;
  }

  get starting(): boolean {
    return this.#waking !== undefined || this.#starts.size > 0;
  }

  /** Calls that wait for it to wake; whoever waits counts itself. */
  sleepless = 0;

  /** Calls that wait, for a place or for the first instance. */
  get waiting(): number {
    return this.#line.length + this.sleepless;
  }

  get crashes(): number {
    return this.#backOff.crashes;
  }

  get backOffMs(): number {
    return this.#backOff.left(this.#parts.clock.monotonic());
  }

  /** A call is on its way to this version: until `release` it neither sleeps nor ends. */
  hold(): void {
    this.#pending += 1;
  }

  release(): void {
    this.#pending -= 1;
    this.#lastUsed = this.#parts.clock.monotonic();
    if (this.#pending > 0) return;
    if (this.#retired) this.#emptied?.();
    else if (this.paused) void this.sleep();
  }

  get idleSince(): number | undefined {
    const busy = this.#pending > 0 || this.starting || this.#members.length === 0;
    const stays = !this.#retired && !this.paused && this.#min > 0;
    return busy || stays || this.#members.some((member) => member.inFlight > 0) ? undefined : this.#lastUsed;
  }

  /** A place in the least busy instance, unless others wait for one. */
  place(small: boolean): Member | undefined {
    return this.#line.length > 0 ? undefined : this.#take(small);
  }

  readonly #take = (small: boolean): Member | undefined => {
    const member = leastBusy(this.#members, small);
    if (member !== undefined) member.inFlight += 1;
    return member;
  };

  give(member: Member): void {
    member.inFlight -= 1;
    if (member.inFlight === 0) member.emptied?.();
    if (this.#line.length > 0) this.#line.serve(this.#take);
    // A cancelled call is over before its instance has let go of it.
    else if (this.paused && this.#pending === 0) void this.sleep();
  }

  line(small: boolean): Place {
    // A function that sleeps or crashed in between must be woken by those who wait, or they wait for nobody.
    if (!this.awake) this.wake().catch((error) => this.#line.dismiss(asWherryError(error, 'engine')));
    return this.#line.join(small);
  }

  /** Starts the first instance; all who ask meanwhile share that start. Rejects with what stands in the way. */
  wake(): Promise<void> {
    if (this.awake) return Promise.resolve();
    if (this.#abandoned) return Promise.reject(removed(this.key));
    this.paused = false;
    this.#waking ??= this.#startWhenAllowed().finally(() => {
      this.#waking = undefined;
      this.#lastUsed = this.#parts.clock.monotonic();
    });
    return this.#waking;
  }

  /** Starts one instance to show that this version works. Rejects with `deploy_failed` and the function's own words. */
  prove(): Promise<void> {
    return this.#startOne();
  }

  /** Brings the number of instances to what is wanted while awake. Errors are kept as the last failure. */
  async scale(wanted: number): Promise<void> {
    this.wanted = wanted;
    this.paused = wanted === 0;
    if (this.paused) return this.sleep();
    await this.#fill();
    const ready = this.#members.filter((member) => !member.draining).sort((a, b) => b.inFlight - a.inFlight);
    await Promise.all(ready.slice(wanted).map((member) => this.#drain(member)));
  }

  /** Stops every instance that has nothing to do. Resolves when they are gone. */
  async sleep(): Promise<void> {
    if (this.#pending > 0) return;
    const idle = this.#members.filter(
      (member) => member.stopping !== undefined || (!member.draining && member.inFlight === 0),
    );
    await Promise.all(idle.map((member) => this.#stop(member)));
  }

  /** Keeps at least the instances that must always run. */
  maintain(waitMs = this.backOffMs): void {
    const min = this.#min;
    if (this.#retired || this.paused || min === 0 || this.ready >= min || this.#restart !== undefined) return;
    this.#restart = this.#parts.clock.after(waitMs, () => {
      this.#restart = undefined;
      this.#fill().then(
        () => this.maintain(),
        () => this.maintain(Math.max(retryMs, this.backOffMs)),
      );
    });
  }

  get led(): boolean {
    return this.#led;
  }

  /** What must always run: nothing, where nobody is led here. */
  get #min(): number {
    return this.#led ? this.policy.min : 0;
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
    this.#restart?.();
    this.#restart = undefined;
    this.paused = true;
    void this.sleep();
  }

  /** Nobody can call this version any more: finishes what it has, then ends. Resolves when nothing of it is left. */
  async retire(): Promise<void> {
    this.#retired = true;
    this.#restart?.();
    if (this.#pending > 0) await new Promise<void>((resolve) => (this.#emptied = resolve));
    await Promise.allSettled([...this.#starts]);
    await Promise.all(this.#members.map((member) => this.#stop(member)));
    this.#parts.budget.leave(this);
  }

  /** Ends at once, whatever is in flight. */
  async abandon(graceMs = this.#parts.stopGraceMs): Promise<void> {
    this.#retired = true;
    this.#abandoned = true;
    this.#restart?.();
    this.#line.dismiss(removed(this.key));
    await Promise.all(this.#members.map((member) => this.#stop(member, graceMs)));
    this.#parts.budget.leave(this);
  }

  /** The provider tells that one of ours ended. */
  exited(exit: Exit): void {
    this.#reservations.get(exit.instance)?.();
    this.#reservations.delete(exit.instance);
    const member = this.#members.find(({ id }) => id === exit.instance);
    if (member !== undefined) this.#members.splice(this.#members.indexOf(member), 1);
    this.#news.tell(exit);
    if (this.#expected.delete(exit.instance) || member === undefined) return;
    this.#failed(exit.at, exit.reason, exit.lastWords, this.#parts.clock.monotonic() - member.since);
    this.#wakeForLine();
    this.maintain();
  }

  /** The connection to an instance was lost: it takes no more calls. Its end follows, or is brought about. */
  #lost(instance: string): void {
    const member = this.#members.find(({ id }) => id === instance);
    if (member === undefined || member.stopping !== undefined) return;
    member.draining = true;
    this.#wakeForLine();
    this.#parts.clock.after(letGoMs, () => {
      if (this.#members.includes(member)) void this.#stop(member);
    });
  }

  /** Those who wait in line were counting on an instance that is gone. */
  #wakeForLine(): void {
    if (this.#line.length === 0 || this.awake) return;
    this.wake().catch((error) => this.#line.dismiss(asWherryError(error, 'engine')));
  }

  /** Why calls on this instance failed, once its end is known. */
  async crashReason(instance: string, otherwise: string): Promise<WherryError> {
    return crashed(this.key, await this.#news.of(instance), otherwise);
  }

  /** A call was cancelled: unless the instance lets go of it soon, it hangs and is replaced. */
  suspect(member: Member): Cancel {
    return this.#parts.clock.after(letGoMs, () => {
      if (member.draining) return;
      const reason = `replaced: a cancelled call was not let go within ${letGoMs / 1000} s`;
      this.lastFailure = { at: this.#parts.clock.now(), reason, lastWords: [] };
      void this.#replace(member);
    });
  }

  async #replace(member: Member): Promise<void> {
    member.draining = true;
    this.#wakeForLine();
    // Its other calls may still finish, as long as it moves at all.
    for (
      let waited = 0;
      member.inFlight > 0 && waited < this.policy.deadlineMs && (await member.channel.ping(letGoMs));
      waited += letGoMs
    ) {
      await new Promise<void>((resolve) => this.#parts.clock.after(letGoMs, resolve));
    }
    await this.#stop(member);
    this.maintain();
  }

  async #startWhenAllowed(): Promise<void> {
    const left = this.backOffMs;
    if (left > patienceMs) throw broken(this.key, this.lastFailure, left);
    if (left > 0) await new Promise<void>((resolve) => this.#parts.clock.after(left, resolve));
    await this.#startOne().catch((error) => {
      throw error.code === 'deploy_failed'
        ? broken(this.key, this.lastFailure, this.backOffMs, error)
        : error;
    });
    void this.#fill().catch(() => undefined);
  }

  /** Starts what is missing, one after another: together with `wake`, the only place where instances are added. */
  #fill(): Promise<void> {
    this.#filling ??= this.#startMissing().finally(() => (this.#filling = undefined));
    return this.#filling;
  }

  async #startMissing(): Promise<void> {
    while (
      this.ready < (this.#led ? Math.max(this.wanted, this.policy.least) : 1) &&
      !this.#retired &&
      !this.paused
    )
      await (this.awake ? this.#startOne() : this.wake());
  }

  #startOne(): Promise<void> {
    const start = this.#start();
    const over = (): void => void this.#starts.delete(start);
    this.#starts.add(start);
    start.then(over, over);
    return start;
  }

  async #start(): Promise<void> {
    const { provider, forwarder, budget, clock } = this.#parts;
    const giveBack = await budget.reserve(this.policy.reservedBytes, this.key);
    let id: string | undefined;
    try {
      const instance = await provider.start(this.deployment, this.policy);
      id = instance.id;
      this.#reservations.set(id, giveBack);
      const channel = await forwarder.open(instance.endpoint, () => this.#lost(instance.id));
      // It may have ended while it was being connected; then its end was told already.
      if (this.#news.known(id) !== undefined) throw await this.crashReason(id, 'it ended at once');
      const member = new Member(instance, channel, clock.monotonic());
      this.#members.push(member);
      // Nobody is left who could call it; calls that came before a newer version still may.
      if (this.#abandoned || (this.#retired && this.#pending === 0)) return await this.#stop(member);
      this.#line.serve(this.#take);
      if (this.paused && this.#pending === 0) void this.sleep();
    } catch (thrown) {
      if (id !== undefined) await this.#discard(id);
      giveBack();
      const error = asWherryError(thrown, 'engine');
      this.#failed(clock.now(), error.message, error.excerpt?.split('\n') ?? [], 0);
      throw error;
    }
  }

  /** Ends an instance that never took a call. */
  async #discard(id: string): Promise<void> {
    this.#expected.add(id);
    await this.#parts.provider.stop(id, 0).catch(() => undefined);
    this.#expected.delete(id);
    this.#reservations.delete(id);
  }

  /** Lets an instance finish what it has, then stops it. */
  async #drain(member: Member): Promise<void> {
    member.draining = true;
    if (member.inFlight > 0) {
      await new Promise<void>((resolve) => {
        member.emptied = resolve;
        // No call may take longer; what is left then hangs.
        this.#parts.clock.after(this.policy.deadlineMs, resolve);
      });
    }
    await this.#stop(member);
  }

  /** Asked again with less patience, it is stopped sooner. */
  #stop(member: Member, graceMs = this.#parts.stopGraceMs): Promise<void> {
    if (member.stopping !== undefined && member.stopping.graceMs <= graceMs) return member.stopping.gone;
    member.draining = true;
    this.#expected.add(member.id);
    // What it holds comes back soon: a start that does not fit yet should wait for it rather than be refused.
    const ended = this.#parts.budget.ending();
    const gone = this.#parts.provider.stop(member.id, graceMs).finally(ended);
    member.stopping = { graceMs, gone };
    return gone;
  }

  #failed(at: number, reason: string, lastWords: readonly string[], livedMs: number): void {
    this.lastFailure = { at, reason, lastWords };
    this.#backOff.crashed(this.#parts.clock.monotonic(), livedMs);
  }
}
