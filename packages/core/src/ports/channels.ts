/** Something to be told to people. */
export interface ChannelMessage {
  /** The name of a channel. */
  readonly channel: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** What it comes down to, in one line for telephones. */
  readonly short: string;
  /** A whole document without scripts, and without anything that would have to be fetched. */
  readonly html: string;
  /** The same for the same message, however often it is handed over: receivers can tell a repetition by it. */
  readonly key: string;
  /** Milliseconds since 1970: what it tells is of then. */
  readonly at: number;
}

/** What became of a message that was handed over; undefined where nobody knows any more. */
export type MessageFate =
  | { readonly state: 'queued'; readonly cause?: string }
  | { readonly state: 'sent' }
  | { readonly state: 'failed'; readonly cause: string }
  | undefined;

/** Ways to tell somebody something. */
export interface Channels {
  /** Throws `channel_refused` for a channel that there is none of, or that nothing can be sent to. */
  check(channel: string): void;
  /**
   * Hands a message over. When it resolves, the message is on disk and will be delivered, then with the id by which its fate is asked; or it was delivered; a
   * message with a key that was handed over before is not delivered again. Rejects where it was not taken: then it may be handed over again.
   * Whoever would be waited for is waited for no longer when `signal` says so.
   */
  deliver(message: ChannelMessage, signal?: AbortSignal): Promise<{ readonly id?: string }>;
  /** What became of it, by the id that handing it over gave. */
  fate(id: string): Promise<MessageFate>;
}
