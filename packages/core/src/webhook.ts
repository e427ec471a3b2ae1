/** How a sender signs what it sends. */
export type WebhookScheme =
  | { readonly kind: 'github' | 'stripe' | 'slack' | 'standard' }
  /** HMAC-SHA256 of the body in a header, as hexadecimal or base64, with or without `sha256=` before it. */
  | { readonly kind: 'hmac-sha256'; readonly header: string };

/** Lets in whoever signs with a secret of the function's namespace. */
export interface WebhookRule {
  readonly scheme: WebhookScheme;
  /** The secret's name. */
  readonly secret: string;
}
