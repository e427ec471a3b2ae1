import { WherryError } from '@wherry/core/errors';
import type { AnswerToSend, CallbackSender, Received } from '@wherry/core/ports/callback-sender';

/** A receiver of answers that does what a test says, and remembers what it got. */
export class FakeCallbacks implements CallbackSender {
  readonly sent: AnswerToSend[] = [];
  script: (answer: AnswerToSend) => Received = () => ({ status: 200, cause: 'it answered 200' });
  /** Hosts that nothing is sent to. */
  refused: readonly string[] = [];

  check(url: string): void {
    if (this.refused.includes(new URL(url).hostname))
      throw new WherryError('callback_refused', `${url} is not allowed`, { component: 'fake' });
  }

  async send(answer: AnswerToSend): Promise<Received> {
    this.check(answer.url);
    this.sent.push(answer);
    return this.script(answer);
  }
}
