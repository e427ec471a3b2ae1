import type { AlertRule, PresetChange } from '@wherry/core/alert';
import type { Channel, ChannelSecret } from '@wherry/core/alert-channel';
import { atPlace, errorAt } from '@wherry/core/errors';
import type { AlertDocument } from '@wherry/core/ports/alert-store';
import type { AlertChange } from './alert-records.ts';
import type { ChannelBook } from './channel-book.ts';
import type { RuleBook } from './rule-book.ts';

/** Rules and channels that are put together, as from a file. */
export interface AlertSet {
  readonly rules: readonly AlertRule[];
  /** What is to be different about rules that came with Wherry, by their names. */
  readonly changes: ReadonlyMap<string, PresetChange>;
  readonly channels: readonly { readonly channel: Channel; readonly secret: ChannelSecret }[];
}

/**
 * What a set is kept as, once all of it is seen to be right; to be asked when it is written, because others may have written meanwhile.
 * Throws what is wrong with the first that is not, behind its place such as `rules.NAME`, and `alerts_full`.
 */
export async function changeBy(
  set: AlertSet,
  books: { readonly rules: RuleBook; readonly channels: ChannelBook },
): Promise<() => AlertChange> {
  const { rules, channels } = books;
  const checkRoom = (): void => {
    channels.checkRoom(set.channels.map(({ channel }) => channel));
    rules.checkRoom(set.rules);
  };
  // Before a thousand queries are asked.
  checkRoom();
  const documents: AlertDocument[] = [];
  for (const { channel, secret } of set.channels) {
    atPlace(`channels.${channel.name}`, 'alerts', () => channels.check(channel, secret));
    documents.push({ kind: 'channel', id: channel.name, body: channel });
  }
  for (const rule of set.rules)
    documents.push(
      await rules.kept(rule).catch((thrown: unknown) => {
        throw errorAt(`rules.${rule.name}`, thrown, 'alerts');
      }),
    );
  const decide = (): AlertChange => {
    checkRoom();
    const changes = [...set.changes].map(([name, change]) =>
      atPlace(`rules.${name}`, 'alerts', () => rules.changed(name, change)),
    );
    return { puts: [...documents, ...changes] };
  };
  decide();
  return decide;
}
