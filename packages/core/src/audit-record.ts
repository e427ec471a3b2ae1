/** What is about to be changed, or was refused: all that is known of it. No text in it is ever a secret or a token. */
export interface AuditEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Name of the token, `admin` for the admin token, `(local)` for what is done on the data folder itself; empty for nobody known. */
  readonly who: string;
  /** Tells two tokens of one name apart; the first 12 digits of the token's hash. */
  readonly token?: string;
  /** The address that it came from. */
  readonly from: string;
  /** The name of the route, or of what the platform does by itself: `audit.prune`, `restore`, `salvage` … */
  readonly what: string;
  readonly method: string;
  readonly namespace?: string;
  /** Function, secret, token or whatever else it is about. */
  readonly name?: string;
  /** Id of the request, the one in X-Call-Id. */
  readonly call: string;
  /** What is different afterwards, in words: only names of what may be secret. */
  readonly change?: AuditChange;
}

export type AuditChange = Readonly<Record<string, string>>;

/** How it ended. */
export interface AuditOutcome {
  /** HTTP status of the answer; 0 where nobody knows how it ended. */
  readonly status: number;
  /** Code of the error. */
  readonly error?: string;
  /** How often the same was refused, where that is more than once; `until` is the last time. */
  readonly count?: number;
  readonly until?: number;
}

/** A record in its place: what the chain goes over. */
export interface AuditRecord extends AuditEntry, AuditOutcome {
  /** Counts from 1, without gaps. */
  readonly seq: number;
}

/** A record as it is kept: the text that was hashed, byte for byte, and what proves it. */
export interface ChainedRecord {
  readonly seq: number;
  /** The record as canonical JSON (RFC 8785). */
  readonly body: string;
  /** Hexadecimal SHA-256 of the hash before it, a line feed and `body`. */
  readonly hash: string;
  /** Which key `mac` was made with; empty where there is none. */
  readonly key: string;
  /** Hexadecimal HMAC-SHA-256 of `hash`. */
  readonly mac: string;
}

/** The newest record of a chain, as it is noted apart from it. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/** Something in a chain that is not what was written. */
export interface AuditFault {
  /** The first record that is wrong. */
  readonly seq: number;
  /** The last one, where several are missing. */
  readonly to: number;
  readonly kind: 'changed' | 'missing' | 'cut' | 'reordered' | 'inserted' | 'replaced' | 'unproved';
  readonly says: string;
}

export interface AuditVerdict {
  /** Records that were looked at. */
  readonly records: number;
  readonly first: number;
  readonly head: AuditHead;
  /** In the order of the chain; the first ten thousand. Empty where the chain verifies. */
  readonly faults: readonly AuditFault[];
  /** Faults that somebody has accepted in a later record. */
  readonly accepted: readonly AuditFault[];
}

/** The hash before the first record. */
export const auditBeginning = '0'.repeat(64);

const longest = 200;
const mostChanges = 16;

/** An entry whose texts are bounded and can be written as UTF-8: who can choose a name must not choose the size of a record. */
export function boundedEntry<E extends AuditEntry>(entry: E): E {
  const change = Object.entries(entry.change ?? {}).slice(0, mostChanges);
  const texts = Object.entries(entry).map(([key, value]) => [
    key,
    typeof value === 'string' ? bounded(value) : value,
  ]);
  return {
    ...Object.fromEntries(texts),
    ...(change.length === 0
      ? {}
      : {
          change: Object.fromEntries(change.map(([key, text]) => [bounded(key), bounded(text, 2 * longest)])),
        }),
  } as E;
}

function bounded(text: string, most = longest): string {
  return (text.length > most ? `${text.slice(0, most - 1)}…` : text).toWellFormed();
}

/** RFC 8785: keys in order, no spaces. Numbers here are integers, keys of ours ASCII. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}
