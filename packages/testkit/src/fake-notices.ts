import type { Channel, ChannelSecret, Letter, Notice } from '@wherry/core/alert-channel';
import { WherryError } from '@wherry/core/errors';
import type { Received } from '@wherry/core/ports/callback-sender';
import type { NoticeSender } from '@wherry/core/ports/notice-sender';

/** Channels that do what a test says, and remember what they got. */
export class FakeNotices implements NoticeSender {
  readonly sent: { readonly channel: string; readonly secret: ChannelSecret; readonly notice: Notice }[] = [];
  readonly letters: { readonly channel: string; readonly letter: Letter }[] = [];
  readonly beats: string[] = [];
  script: (channel: string, notice: Notice) => Received = () => ({ status: 200, cause: 'it answered 200' });
  /** Of letters, which are taken without it. */
  letterScript: (() => Received) | undefined;
  /** Of beats, which are heard without it; until it resolves nothing comes back. */
  beatScript: ((signal: AbortSignal) => Promise<Received>) | undefined;
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

  async write(channel: Channel, _secret: ChannelSecret, letter: Letter): Promise<Received> {
    this.check(channel);
    this.letters.push({ channel: channel.name, letter });
    if (this.letterScript !== undefined) return this.letterScript();
    return { status: 200, cause: 'it answered 200' };
  }

  async beat({ name }: Channel, _secret: ChannelSecret, signal: AbortSignal): Promise<Received> {
    this.beats.push(name);
    if (this.beatScript !== undefined) return this.beatScript(signal);
    return { status: 200, cause: 'it answered 200' };
  }
}
