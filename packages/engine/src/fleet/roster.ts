import { asWherryError, type WherryError } from '@wherry/core/errors';
import { type Deployment, type DeploymentKey, keyOf } from '@wherry/core/function';
import type { Exit } from '@wherry/core/instance';
import type { Policy } from '@wherry/core/rules/policy';
import { ExitNews } from './exit-news.ts';
import type { RosterParts } from './fleet-parts.ts';
import { Member } from './member.ts';
import { crashed } from './refusals.ts';

/** What a roster tells its fleet. */
export interface RosterEvents {
  /** The connection to an instance was lost. */
  lost(member: Member): void;
  /** An instance had its memory and did not start. */
  failed(error: WherryError): void;
}

/** The instances of one deployment as machinery: how one starts, is stopped, and ended. When to do so is the fleet's. */
export class Roster {
  readonly members: Member[] = [];
  readonly #deployment: Deployment;
  readonly #key: DeploymentKey;
  readonly #policy: Policy;
  readonly #parts: RosterParts;
  readonly #events: RosterEvents;
  readonly #reservations = new Map<string, () => void>();
  /** Whose end was brought about. */
  readonly #expected = new Set<string>();
  readonly #news: ExitNews;
  /** How long the last start took. */
  startMs = 0;

  constructor(deployment: Deployment, policy: Policy, parts: RosterParts, events: RosterEvents) {
    this.#deployment = deployment;
    this.#key = keyOf(deployment);
    this.#policy = policy;
    this.#parts = parts;
    this.#events = events;
    this.#news = new ExitNews(parts.clock);
  }

  /** One more instance, resolved when it takes calls. `further`: others take calls already, so this one is in no such hurry. */
  async start(further: boolean): Promise<Member> {
    const { provider, forwarder, budget, gate, clock } = this.#parts;
    const giveBack = await budget.reserve(this.#policy.reservedBytes, this.#key, further);
    const from = clock.monotonic();
    let id: string | undefined;
    try {
      const begin = () => provider.start(this.#deployment, this.#policy, further);
      const instance = await (further ? gate.through(begin) : begin());
      id = instance.id;
      this.#reservations.set(id, giveBack);
      const channel = await forwarder.open(instance.endpoint, () => this.#lost(instance.id));
      // It may have ended while it was being connected; then its end was told already.
      if (this.#news.known(id) !== undefined) throw await this.crashReason(id, 'it ended at once');
      const member = new Member(instance, channel, clock.monotonic());
      this.members.push(member);
      this.startMs = member.since - from;
      this.#parts.started(instance);
      return member;
    } catch (thrown) {
      if (id !== undefined) await this.#discard(id);
      giveBack();
      const error = asWherryError(thrown, 'engine');
      this.#events.failed(error);
      throw error;
    }
  }

  /** Asked again with less patience, it is stopped sooner. */
  stop(member: Member, graceMs = this.#parts.stopGraceMs): Promise<void> {
    if (member.stopping !== undefined && member.stopping.graceMs <= graceMs) return member.stopping.gone;
    member.draining = true;
    this.#expected.add(member.id);
    // What it holds comes back soon: a start that does not fit yet should wait for it rather than be refused.
    const ended = this.#parts.budget.ending();
    const gone = this.#parts.provider.stop(member.id, graceMs).finally(ended);
    member.stopping = { graceMs, gone };
    return gone;
  }

  /** The provider tells that one of ours ended. Answers who it was, where nobody had asked it to. */
  exited(exit: Exit): Member | undefined {
    this.#reservations.get(exit.instance)?.();
    this.#reservations.delete(exit.instance);
    const member = this.#find(exit.instance);
    if (member !== undefined) this.members.splice(this.members.indexOf(member), 1);
    this.#news.tell(exit);
    return this.#expected.delete(exit.instance) ? undefined : member;
  }

  /** Why calls on this instance failed, once its end is known. */
  async crashReason(instance: string, otherwise: string): Promise<WherryError> {
    return crashed(this.#key, await this.#news.of(instance), otherwise);
  }

  #find(instance: string): Member | undefined {
    return this.members.find(({ id }) => id === instance);
  }

  #lost(instance: string): void {
    const member = this.#find(instance);
    if (member !== undefined && member.stopping === undefined) this.#events.lost(member);
  }

  /** Ends an instance that never took a call. */
  async #discard(id: string): Promise<void> {
    this.#expected.add(id);
    await this.#parts.provider.stop(id, 0).catch(() => undefined);
    this.#expected.delete(id);
    this.#reservations.delete(id);
  }
}
