import type { AlertMatcher, Severity } from './alert.ts';
import type { Labels } from './metric.ts';
import type { FunctionName } from './names.ts';

export const channelKinds = ['email', 'slack', 'webhook', 'sms', 'function', 'heartbeat'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** A mail server and who writes to whom. */
export interface Mail {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte, `starttls` before anything is said, `none` in the clear. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user?: string;
  readonly from: string;
  readonly to: readonly string[];
}

/** A way to tell somebody. What is secret about it is kept apart, encrypted. */
export interface Channel {
  readonly name: string;
  readonly kind: ChannelKind;
  /** It takes only alerts that all of these take. */
  readonly matchers: readonly AlertMatcher[];
  /** Whether it is also told when something is over. */
  readonly resolved: boolean;
  readonly mail?: Mail;
  /** Scheme, host and port of where it sends to: the rest of an address is often its key. */
  readonly origin?: string;
  /** What is sent to a provider of short messages: an object whose texts may hold `{{ text }}`, as a form or as JSON. */
  readonly form?: { readonly as: 'form' | 'json'; readonly body: Readonly<Record<string, unknown>> };
  readonly target?: FunctionName;
}

/** Never shown, never logged, never queued. */
export interface ChannelSecret {
  readonly url?: string;
  readonly password?: string;
  /** The header Authorization. */
  readonly authorization?: string;
}

/** One alert as a message tells of it. */
export interface NoticeAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly sentence: string;
  readonly summary: string;
  readonly action: string;
  readonly value: string;
  readonly startsAt: number;
  readonly endsAt?: number;
  readonly fingerprint: string;
}

/** Something to be told that is no alert, whole as it is. */
export interface Letter {
  readonly kind: 'report';
  /** The same when it is sent again. */
  readonly id: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** What it comes down to, in one line. */
  readonly short: string;
  readonly html: string;
  readonly key: string;
  readonly at: number;
}

/** What a channel is told, without anything secret. Texts are one line each, without control characters. */
export interface Notice {
  /** The same when it is sent again. */
  readonly id: string;
  readonly kind: 'alerts' | 'test';
  readonly status: 'firing' | 'resolved';
  readonly rule: string;
  readonly severity: Severity;
  readonly namespace: string;
  /** What it comes down to. */
  readonly title: string;
  readonly alerts: readonly NoticeAlert[];
  /** Alerts beyond those that are listed. */
  readonly more: number;
  readonly at: number;
  /** Where this gateway is found, if anybody knows. */
  readonly source: string;
}
