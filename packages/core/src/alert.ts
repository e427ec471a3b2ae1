import type { Notice } from './alert-channel.ts';
import type { Labels } from './metric.ts';
import type { LogLevel } from './rules/log-level.ts';

/** How bad it is, from least to worst. */
export const severities = ['info', 'warning', 'major', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** `present` holds for every series that there is, whatever its value. */
export const comparisons = ['>', '>=', '<', '<=', '==', '!=', 'present'] as const;
export type Comparison = (typeof comparisons)[number];

/** What a value counts, so that people read `2 s` or `5 %` instead of a bare number. `share` is from 0 to 1. */
export const units = ['number', 'share', 'seconds', 'bytes'] as const;
export type Unit = (typeof units)[number];

/** Where the values of a rule come from: each series that a query gives, or, of each function, how many of its log lines match. */
export type AlertSource =
  | { readonly kind: 'query'; readonly text: string }
  | {
      readonly kind: 'logs';
      /** Functions, as tokens name them: `NAMESPACE/NAME`, either side may end in a star. */
      readonly functions: string;
      /** RE2; anywhere in a line. */
      readonly pattern: string;
      readonly level?: LogLevel;
      /** Lines of the last so many milliseconds count. */
      readonly withinMs: number;
    };

/** When somebody is told, and of what. Durations are milliseconds. */
export interface AlertRule {
  readonly name: string;
  readonly source: AlertSource;
  readonly is: Comparison;
  readonly threshold: number;
  /** Once it fires it goes on until the value is no longer beyond this one; the threshold unless given. */
  readonly clear?: number;
  /** How long the condition holds before it fires. */
  readonly forMs: number;
  /** How long it goes on firing after the condition held for the last time. */
  readonly keepMs: number;
  readonly severity: Severity;
  readonly unit: Unit;
  /** Beside those of the series; they win over them. */
  readonly labels: Labels;
  /** What the value is, in a few words that a comparison can follow: `p95 of {{ function }}`. */
  readonly subject: string;
  /** The whole condition, where subject and comparison read badly; with `{{ threshold }}`, or for a threshold of 0. */
  readonly clause?: string;
  /** One sentence for people, with `{{ label }}` and `{{ value }}`. */
  readonly summary: string;
  /** What to do about it. */
  readonly action: string;
  /** Channels that hear of it; none stands for every channel that takes it. */
  readonly channels: readonly string[];
  readonly enabled: boolean;
  /** It came with Wherry: it can be changed and switched off, not removed. */
  readonly preset: boolean;
}

/** What somebody changed about a preset. */
export type PresetChange = Partial<
  Pick<AlertRule, 'threshold' | 'clear' | 'forMs' | 'keepMs' | 'severity' | 'channels' | 'enabled'>
>;

/** One series of one rule whose condition holds, held, or held until just now. */
export interface AlertState {
  readonly rule: string;
  /** Those of the series, those of the rule, `alertname` and `severity`. */
  readonly labels: Labels;
  readonly state: 'pending' | 'firing' | 'resolved';
  /** When the condition began to hold. All times are milliseconds since 1970. */
  readonly since: number;
  readonly firingSince?: number;
  readonly resolvedAt?: number;
  /** When the condition held for the last time. */
  readonly heldAt: number;
  readonly value: number;
  /** A line that matched, of a rule over logs. */
  readonly line?: string;
  /** There are messages that say that it fires, and none yet that it no longer does. Whether they arrived, the queue knows. */
  readonly told: boolean;
  /** Those messages: the last of each channel. */
  readonly messages?: readonly AlertMessage[];
}

/** A message on its way to a channel; its id is that of the queued call or delivery. */
export interface AlertMessage {
  readonly channel: string;
  readonly id: string;
}

/** Alerts that are told of together: those of one rule in one namespace. */
export interface AlertGroup {
  readonly rule: string;
  readonly namespace: string;
  /** Messages so far: each has a number, so that none is sent twice. */
  readonly seq: number;
  readonly toldAt: number;
  /** When each channel was told last; of one that is not in it, `toldAt` stands. */
  readonly toldTo?: Readonly<Record<string, number>>;
  /** Messages that are to be put into the queue, and may be there already. */
  readonly unsent?: readonly UnsentNotice[];
}

export interface UnsentNotice {
  readonly channel: string;
  /** Id of the queued call or delivery. */
  readonly id: string;
  readonly notice: Notice;
}

/** One condition on a label; patterns are RE2 and have to match the whole value. */
export interface AlertMatcher {
  readonly label: string;
  readonly is: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** Alerts that nobody is to be told of for a while: those that all matchers take. */
export interface Silence {
  readonly id: string;
  readonly matchers: readonly AlertMatcher[];
  readonly from: number;
  readonly until: number;
  /** Name of the token. */
  readonly by: string;
  readonly why: string;
}

/** Something that happened, for the history. */
export interface AlertEvent {
  /** Sorts by time. */
  readonly id: string;
  readonly at: number;
  readonly what: 'firing' | 'resolved' | 'queued' | 'sent' | 'failed';
  readonly rule: string;
  readonly labels?: Labels;
  readonly value?: number;
  readonly channel?: string;
  /** The queued call or delivery: `wherry queue show` has its attempts. */
  readonly delivery?: string;
  /** One sentence for people. */
  readonly says?: string;
}
