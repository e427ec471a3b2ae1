import type { AlertEvent, AlertGroup, AlertRule, AlertState, PresetChange, Silence } from '../alert.ts';
import type { Channel } from '../alert-channel.ts';

/** What is kept under each kind. */
export interface AlertKinds {
  readonly rule: AlertRule;
  readonly preset: PresetChange;
  readonly silence: Silence;
  readonly channel: Channel;
  readonly state: AlertState;
  readonly group: AlertGroup;
  readonly event: AlertEvent;
}

export type AlertKind = keyof AlertKinds;

export interface AlertKey {
  readonly kind: AlertKind;
  readonly id: string;
}

export type AlertDocument = {
  [K in AlertKind]: { readonly kind: K; readonly id: string; readonly body: AlertKinds[K] };
}[AlertKind];

/** Rules, channels, silences, and how far each alert has come. Nothing secret comes here. */
export interface AlertStore {
  /** Everything, ordered by kind and id. */
  list(): Promise<readonly AlertDocument[]>;
  /**
   * Writes documents, all or none, each in the place of the one of its kind and id; then removes others, of which a crash may leave some. On disk
   * when it resolves. Throws `storage_full`, `storage_failed`.
   */
  write(puts: readonly AlertDocument[], removes: readonly AlertKey[]): Promise<void>;
}
