import type { Principal } from '@wherry/core/access';
import type { Headers } from '@wherry/core/ports/forwarder';

/** What a dead letter is to say instead, and who says so. */
export interface Edit {
  readonly body: Uint8Array;
  /** Else what it was. */
  readonly contentType?: string;
  readonly caller: Principal;
}

/** What no longer holds of a body that was changed: how long it is, how it was packed, what it was signed with. */
const ofBody = /^(?:content-(?:length|encoding|md5|digest)|digest|repr-digest|(?:.*-)?signature(?:-.*)?)$/i;

export function editedHeaders(headers: Headers, contentType: string | undefined): Headers {
  const kept = headers.filter((_, i) => {
    const name = headers[i - (i % 2)] as string;
    return !ofBody.test(name) && (contentType === undefined || name.toLowerCase() !== 'content-type');
  });
  return contentType === undefined ? kept : [...kept, 'Content-Type', contentType];
}
