import type { ChannelDelivery } from '@wherry/wire/alert-channels';
import type { AlertDelivery, AlertInfo } from '@wherry/wire/alert-lists';

type Ended = Pick<AlertDelivery, 'state' | 'attempts' | 'says'>;

/** Who was told of an alert: a line for each channel, or why nobody is. */
export function toldLines({ silencedBy, deliveries, nobody, told }: AlertInfo): readonly string[] {
  if (silencedBy.length > 0) return [`nobody, silenced by ${silencedBy.join(', ')}`];
  const lines = deliveries.map(({ channel, ...one }) => `${channel}: ${endText(one)}`);
  if (nobody !== undefined) return [`nobody: ${nobody}`, ...lines];
  if (lines.length > 0) return lines;
  return [told ? 'yes' : 'not yet'];
}

/** What became of one message. */
export function endText({ state, attempts = 0, says }: Ended): string {
  const why = says === undefined ? '' : `: ${says}`;
  if (state === 'sent') return 'sent';
  if (state === 'failed') return `failed for good${why}`;
  if (state === 'unknown') return 'what became of it is too long ago to be known';
  if (says === undefined) return 'queued';
  return `not delivered, ${attempts} ${attempts === 1 ? 'try' : 'tries'} so far${why}`;
}

/** How a channel does, in a cell of a table. */
export function lastText({ last }: Pick<ChannelDelivery, 'last'>): string {
  if (last === undefined) return 'nothing yet';
  return `${last.at.replace(/\.\d+Z$/, 'Z')} ${endText(last)}`;
}

/** Whether messages do not get there. */
export function isFailing({ dead, last }: ChannelDelivery): boolean {
  return dead > 0 || last?.state === 'failed' || (last?.state === 'queued' && last.says !== undefined);
}
