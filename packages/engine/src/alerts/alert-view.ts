import type { AlertRule, AlertState } from '@wherry/core/alert';

/** An alert with all that people want to know of it. */
export interface AlertView extends AlertState {
  readonly id: string;
  readonly sentence: string;
  readonly summary: string;
  readonly action: string;
  readonly valueText: string;
  readonly silencedBy: readonly string[];
  /** What proves it; undefined where the rule is gone. */
  readonly of: AlertRule | undefined;
}

/** What a rule gives now. */
export interface RuleTrial
  extends Pick<AlertView, 'labels' | 'value' | 'valueText' | 'sentence' | 'summary'> {
  /** Whether the condition holds; it fires once it has done so for as long as it must. */
  readonly holds: boolean;
}
