// Long because: one decision is read from its load to its record.
import type { WherryError } from '@wherry/core/errors';
import { keyText } from '@wherry/core/function';
import type { Cancel, Clock } from '@wherry/core/ports/clock';
import type { Provider } from '@wherry/core/ports/provider';
import type { ScalingKind } from '@wherry/core/scaling-record';
import type { Fleet } from '../fleet/fleet.ts';
import type { FleetEvents } from '../fleet/fleet-parts.ts';
import { type Load, type Need, needOf } from './load.ts';
import type { ScalingBook } from './scaling-book.ts';
import { Window } from './window.ts';

const lookMs = 1_000;
/** Calls that find no place are answered with more instances after this: those of one burst together. */
const pressMs = 5;
/** After a start that failed or found no room, the next is tried with the next look. */
const retryMs = lookMs;
/** What stays in the way is written down again after this. */
const repeatMs = 60_000;

export interface ScalerParts {
  readonly clock: Clock;
  readonly provider: Pick<Provider, 'usage'>;
  readonly book: ScalingBook;
  fleets(): Iterable<Fleet>;
  /** Calls that could be made and wait in the queue, by `keyText` of the live version of their function. Asked once for each look. */
  queueDepths(): Promise<ReadonlyMap<string, number>>;
}

/** What the scaler remembers of a fleet that is awake. */
interface Track {
  readonly needs: Window;
  /** Calls and processor time at the last look, to tell how much came since. */
  seen:
    | { readonly at: number; readonly calls: number; readonly cpu: ReadonlyMap<string, number> }
    | undefined;
  rps: number;
  millicores: number | undefined;
  pressed: boolean;
  growing: boolean;
  /** The load of the last decision to grow, in words. */
  words: string;
  wanted: number;
  notBefore: number;
  held: { readonly why: string; readonly at: number } | undefined;
}

/**
 * Decides how many instances every function that is awake should have: more at once, fewer after a while in which they were not needed. Looks every
 * second, and in between whenever calls find no place. Every decision is written down.
 */
export class Scaler implements FleetEvents {
  readonly #parts: ScalerParts;
  readonly #tracks = new Map<Fleet, Track>();
  #queued: ReadonlyMap<string, number> = new Map();

  constructor(parts: ScalerParts) {
    this.#parts = parts;
  }

  begin(): Cancel {
    return this.#parts.clock.every(lookMs, () => this.look());
  }

  /** One look at everybody. */
  async look(): Promise<void> {
    for (const fleet of this.#tracks.keys()) if (!this.#scales(fleet)) this.#tracks.delete(fleet);
    const awake = [...this.#parts.fleets()].filter((fleet) => this.#scales(fleet));
    // A queue whose store fails says so itself; what is called directly is scaled all the same.
    if (awake.length > 0) this.#queued = await this.#parts.queueDepths().catch(() => new Map());
    for (const fleet of awake) {
      const track = this.#track(fleet);
      const measured = await this.#measure(fleet, track);
      if (measured && fleet.awake) this.#decide(fleet, track);
    }
  }

  pressed(fleet: Fleet): void {
    if (fleet.policy.scaling.type !== 'capacity' || !this.#scales(fleet)) return;
    const track = this.#track(fleet);
    if (track.pressed) return;
    track.pressed = true;
    this.#parts.clock.after(pressMs, () => {
      track.pressed = false;
      // A line that is served before an instance would have started needs none; one that stays is seen at the next look.
      if (this.#scales(fleet) && (fleet.waitMs ?? Number.POSITIVE_INFINITY) > fleet.startMs)
        this.#decide(fleet, track);
    });
  }

  woke(fleet: Fleet, why: string): void {
    this.#note(fleet, 'wake', 0, fleet.target, why);
  }

  slept(fleet: Fleet, from: number, why: string): void {
    this.#note(fleet, 'sleep', from, 0, why);
  }

  /** The same least and most leave nothing to decide. */
  #scales(fleet: Fleet): boolean {
    return fleet.awake && !fleet.paused && !fleet.retired && fleet.policy.least < fleet.policy.max;
  }

  #track(fleet: Fleet): Track {
    let track = this.#tracks.get(fleet);
    if (track === undefined) {
      track = {
        needs: new Window(fleet.policy.scaling.downWindowMs),
        seen: undefined,
        rps: 0,
        millicores: undefined,
        pressed: false,
        growing: false,
        words: '',
        wanted: 0,
        notBefore: 0,
        held: undefined,
      };
      this.#tracks.set(fleet, track);
    }
    return track;
  }

  /** What can only be told from two looks. False at the first. */
  async #measure(fleet: Fleet, track: Track): Promise<boolean> {
    const { clock, provider } = this.#parts;
    const wantsCpu = fleet.policy.scaling.type === 'cpu';
    // What cannot be measured is not known; the next look may do better.
    const usages = wantsCpu ? await provider.usage(fleet.members.map(({ id }) => id)).catch(() => []) : [];
    const cpu = new Map(
      usages.flatMap(({ instance, cpuMs }) => (cpuMs === undefined ? [] : [[instance, cpuMs] as const])),
    );
    const before = track.seen;
    const now = clock.monotonic();
    track.seen = { at: now, calls: fleet.calls, cpu };
    if (before === undefined || now <= before.at) return false;
    const seconds = (now - before.at) / 1000;
    track.rps = (fleet.calls - before.calls) / seconds;
    let spent = 0;
    for (const [instance, ms] of cpu) spent += ms - (before.cpu.get(instance) ?? 0);
    track.millicores = cpu.size === 0 ? undefined : spent / seconds;
    return true;
  }

  #decide(fleet: Fleet, track: Track): void {
    const { clock } = this.#parts;
    const { scaling, max } = fleet.policy;
    const need = needOf(scaling, this.#load(fleet, track));
    if (need === undefined)
      return this.#hold(
        fleet,
        track,
        fleet.target,
        'processor time is not counted on this machine',
        'uncounted',
      );
    // Somebody scaled by hand, or it slept: what was needed before that counts no more.
    if (fleet.demand === undefined) track.needs.clear();
    const now = clock.monotonic();
    track.needs.put(now, need.most);
    const { floor } = fleet;
    const wanted = Math.max(floor, need.least);
    const possible = Math.min(max, wanted);
    if (possible > fleet.target || possible > fleet.ready) return this.#grow(fleet, track, wanted, need);
    // What has not begun to start is not needed any more.
    if (track.growing) fleet.demand = Math.max(fleet.ready, possible);
    if (wanted > max)
      return this.#hold(
        fleet,
        track,
        wanted,
        `${need.words}; ${max} is the most (com.openfaas.scale.max)`,
        'most',
      );
    track.held = undefined;
    const enough = track.needs.largest(now);
    if (enough === undefined) return void (fleet.demand ??= fleet.target);
    const fewer = Math.max(floor, enough);
    if (fewer < fleet.target && !track.growing) this.#shrink(fleet, fewer, need);
  }

  #grow(fleet: Fleet, track: Track, wanted: number, need: Need): void {
    const { clock } = this.#parts;
    const demand = Math.max(wanted, fleet.demand ?? 0);
    track.words = need.words;
    track.wanted = demand;
    if (track.growing) {
      // The starts under way go on to the new number.
      fleet.demand = demand;
      return;
    }
    if (clock.monotonic() < track.notBefore) return;
    const from = fleet.ready;
    track.growing = true;
    fleet.follow(demand).then(
      () => {
        track.growing = false;
        if (fleet.ready > from) this.#note(fleet, 'up', from, track.wanted, track.words);
      },
      (error: WherryError) => {
        track.growing = false;
        track.notBefore = clock.monotonic() + retryMs;
        // What could not be had is asked for again while it is needed, and not because it once was.
        fleet.demand = fleet.ready;
        const reason = `${track.words}; ${error.message}`;
        if (fleet.ready > from) this.#note(fleet, 'up', from, track.wanted, reason);
        else this.#hold(fleet, track, wanted, reason, error.code);
      },
    );
  }

  #shrink(fleet: Fleet, to: number, need: Need): void {
    const from = fleet.ready;
    if (from <= to) {
      // Some ended by themselves.
      fleet.demand = to;
      return;
    }
    const seconds = fleet.policy.scaling.downWindowMs / 1000;
    void fleet.follow(to);
    const enough = seconds === 0 ? '' : `; no more than ${to} needed for ${seconds} s`;
    this.#note(fleet, 'down', from, to, `${need.words}${enough}`);
  }

  /** More is wanted than there is, and this is why. Written down when it begins, and now and then while it lasts. */
  #hold(fleet: Fleet, track: Track, wanted: number, reason: string, why: string): void {
    const now = this.#parts.clock.monotonic();
    if (track.held?.why === why && now - track.held.at < repeatMs) return;
    track.held = { why, at: now };
    this.#note(fleet, 'held', fleet.ready, wanted, reason);
  }

  #load(fleet: Fleet, track: Track): Load {
    const { inFlight, policy } = fleet;
    const queued = this.#queued.get(keyText(fleet.key)) ?? 0;
    // The queue makes as many calls as there are places, so what it holds back is never seen in line.
    const waiting = fleet.waiting + Math.min(queued, policy.queueConcurrency ?? Number.POSITIVE_INFINITY);
    return {
      inFlight,
      waiting,
      rps: track.rps,
      millicores: track.millicores,
      queued,
      capacity: Math.max(1, ...fleet.members.map((member) => member.capacity)),
    };
  }

  scaled(fleet: Fleet, from: number, why: string): void {
    this.#note(fleet, fleet.ready > from ? 'up' : 'down', from, fleet.target, why);
  }

  #note(fleet: Fleet, kind: ScalingKind, from: number, wanted: number, reason: string): void {
    this.#parts.book.note({ deployment: fleet.key, kind, from, wanted, actual: fleet.ready, reason });
  }
}
