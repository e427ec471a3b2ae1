/**
 * What is written down of an address or a referrer: addresses of exports hold a credential, however it is spelled, and so does whatever
 * holds a token.
 */
export function withoutCredentials(text: string): string {
  return text
    .replace(/(\/(?:e|%65)(?:x|%78)(?:p|%70)(?:o|%6f)(?:r|%72)(?:t|%74)\/+)[^/?#\s]+/gi, leftOut)
    .replace(/wherry_[\w%-]+/gi, '(left out)');
}

/** Of `/system/export/calls` nothing is a credential. */
function leftOut(found: string, before: string, at: number, whole: string): string {
  return whole.slice(0, at).endsWith('/system') ? found : `${before}(left out)`;
}
