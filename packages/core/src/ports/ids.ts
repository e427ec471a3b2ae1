/** Identifiers and secrets. A simulated one makes runs repeatable. */
export interface Ids {
  /** A UUID of version 7 (RFC 9562): sorts by the time it was made. For calls. */
  callId(): string;
  /** A short name, unique on this machine, of a-z and 0-9. For instances and files. */
  shortId(): string;
  /** 64 random bits, not all of them zero, as 16 hexadecimal digits. For spans of traces. */
  spanId(): string;
  /** 256 random bits as base64url. For tokens. */
  secret(): string;
}
