import type { AlertRule, PresetChange } from '@wherry/core/alert';
import type { Channel, ChannelSecret } from '@wherry/core/alert-channel';
import { atPlace } from '@wherry/core/errors';
import { isName, printable } from '@wherry/core/names';
import { type ChannelRequest, decodeChannel } from './alert-channels.ts';
import { type AlertRuleRequest, decodePresetChange, decodeRule } from './alert-rules.ts';
import { Fields, refuseValue } from './fields.ts';

/** Rules and channels as the API takes them together, by their names. Of rules that came with Wherry what is different is enough. */
export interface AlertSetRequest {
  readonly rules?: Readonly<Record<string, AlertRuleRequest>>;
  readonly channels?: Readonly<Record<string, ChannelRequest>>;
}

export interface DecodedAlertSet {
  readonly rules: readonly AlertRule[];
  /** By the names of rules that came along. */
  readonly changes: ReadonlyMap<string, PresetChange>;
  readonly channels: readonly { readonly channel: Channel; readonly secret: ChannelSecret }[];
}

/** More than there is room for. */
const mostEntries = 1_000;
const nameRule = 'use 1 to 63 of a-z, 0-9 and "-", beginning and ending with a letter or digit';

/** Throws `bad_value`, `bad_json`, with where it is such as `rules.NAME`. */
export function decodeAlertSet(body: unknown, presets: readonly AlertRule[]): DecodedAlertSet {
  const fields = new Fields(body);
  fields.only(['rules', 'channels']);
  const named = (kind: 'rules' | 'channels'): readonly (readonly [string, unknown])[] =>
    fields.entries(kind, mostEntries).map(([name, one]) => {
      if (isName(name)) return [name, one] as const;
      return refuseValue(kind, `${printable(name)} cannot name one; ${nameRule}`);
    });
  const rules: AlertRule[] = [];
  const changes = new Map<string, PresetChange>();
  for (const [name, one] of named('rules'))
    atPlace(`rules.${name}`, 'wire', () => {
      const preset = presets.find((rule) => rule.name === name);
      if (preset === undefined) rules.push(decodeRule(name, one));
      else changes.set(name, decodePresetChange(preset, one));
    });
  const channels = named('channels').map(([name, one]) =>
    atPlace(`channels.${name}`, 'wire', () => decodeChannel(name, one)),
  );
  return { rules, changes, channels };
}
