/** A topic, and who listens. */
export interface TopicInfo {
  readonly topic: string;
  readonly subscribers: readonly { readonly name: string; readonly namespace: string }[];
}

/** What a message became: a queued call for each subscriber. */
export interface PublishedMessage {
  readonly topic: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly namespace: string }[];
}
