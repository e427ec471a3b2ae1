import type { Channel, ChannelSecret, Notice } from '@wherry/core/alert-channel';
import { WherryError } from '@wherry/core/errors';
import type { Received } from '@wherry/core/ports/callback-sender';
import type { NoticeSender } from '@wherry/core/ports/notice-sender';

/** Channels that do what a test says, and remember what they got. */
export class FakeNotices implements NoticeSender {
  readonly sent: { readonly channel: string; readonly secret: ChannelSecret; readonly notice: Notice }[] = [];
  readonly beats: string[] = [];
  script: (channel: string, notice: Notice) => Received = () => ({ status: 200, cause: 'it answered 200' });
  /** Channels that nothing is sent to. */
  refused: readonly string[] = [];

  check({ name }: Channel): void {
    if (this.refused.includes(name))
      throw new WherryError('alert_channel_refused', `${name} is not allowed`, { component: 'fake' });
  }

  async send(channel: Channel, secret: ChannelSecret, notice: Notice): Promise<Received> {
    this.check(channel);
    this.sent.push({ channel: channel.name, secret, notice });
    return this.script(channel.name, notice);
  }

  async beat({ name }: Channel): Promise<Received> {
    this.beats.push(name);
    return { status: 200, cause: 'it answered 200' };
  }
}
