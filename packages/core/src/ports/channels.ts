/** Something to be told to people. */
export interface ChannelMessage {
  /** The name of a channel. */
  readonly channel: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** A whole document without scripts, and without anything that would have to be fetched. */
  readonly html: string;
  /** The same for the same message, however often it is handed over: receivers can tell a repetition by it. */
  readonly key: string;
}

/** Ways to tell somebody something. */
export interface Channels {
  /** Throws `channel_refused` for a channel that there is none of, or that nothing can be sent to. */
  check(channel: string): void;
  /**
   * Hands a message over. When it resolves, the message is on disk and will be delivered, or it was delivered; a message with a key that was handed
   * over before is not delivered again. Rejects where it was not taken: then it may be handed over again.
   */
  deliver(message: ChannelMessage): Promise<void>;
}
