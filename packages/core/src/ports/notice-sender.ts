import type { Channel, ChannelSecret, Letter, Notice } from '../alert-channel.ts';
import type { Received } from './callback-sender.ts';

/**
 * Tells people and their tools. Only where the operator lets it: never to an address that is not on the public internet, whatever its name,
 * unless that was allowed.
 */
export interface NoticeSender {
  /** Throws `alert_channel_refused` for a channel of which can be told already that nothing will be sent there. */
  check(channel: Channel, secret: ChannelSecret): void;
  /** One attempt. Rejects only where no further one would help. What it resolves with names nothing secret. */
  send(channel: Channel, secret: ChannelSecret, notice: Notice, signal: AbortSignal): Promise<Received>;
  /** As `send`, of something that is no alert. */
  write(channel: Channel, secret: ChannelSecret, letter: Letter, signal: AbortSignal): Promise<Received>;
  /** Says that all is well, to something that calls for help when it hears nothing. */
  beat(channel: Channel, secret: ChannelSecret, signal: AbortSignal): Promise<Received>;
}
