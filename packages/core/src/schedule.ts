import type { FunctionName } from './names.ts';

/** One expression of a function's schedule. */
export interface ScheduleRule {
  /** Five or six fields as cron has them, `@daily` and its like, or `@every` with a duration; one space between words. */
  readonly expression: string;
  /** An IANA time zone that the fields are read in. */
  readonly zone: string;
  /** Set where it comes round after so many milliseconds, whatever the calendar says. */
  readonly everyMs?: number;
  /** Where it was written, for messages: an annotation, and which of its parts. */
  readonly place: string;
}

/** What becomes of slots that nobody was there for. */
export type MissedRuns =
  /** None is made up for. */
  | 'skip'
  /** One run stands for all of them: the newest. */
  | 'once'
  /** Each, but no more than the newest hundred. */
  | 'all';

/** When a function is called by the clock, and with what. */
export interface Schedule {
  readonly rules: readonly ScheduleRule[];
  readonly missed: MissedRuns;
  readonly body: string;
  /** Content-Type of the body; undefined says none. */
  readonly type?: string;
}

/** A stretch of time, in milliseconds since 1970, both ends included. */
export type Span = readonly [from: number, to: number];

/** How far one expression has come. */
export interface RuleState {
  /** `ruleText` of the rule. */
  readonly rule: string;
  /** When it came into force: what `@every` counts from. Whole seconds. */
  readonly since: number;
  /** Slots up to here were looked at. */
  readonly seen: number;
  /** Times whose slots were run, or are not to be, in order. Not the same as `seen`: clocks are set back. */
  readonly done: readonly Span[];
}

/** What of a function's schedule has to survive. */
export interface ScheduleState extends FunctionName {
  /** Tells a function from a later one of the same name. */
  readonly createdAt: number;
  readonly paused: boolean;
  readonly rules: readonly RuleState[];
  /** The newest call that was handed to the queue. */
  readonly last?: { readonly call: string; readonly slot: number };
}

/** Names one rule of a function: what is the same stays, what is changed begins anew. */
export function ruleText({
  expression,
  zone,
  everyMs,
}: Pick<ScheduleRule, 'expression' | 'zone' | 'everyMs'>): string {
  return everyMs === undefined ? `${zone} ${expression}` : expression;
}
