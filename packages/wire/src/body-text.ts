/** Bytes in JSON: as text where they are text, else in base64. */
export interface BodyText {
  readonly encoding: 'utf8' | 'base64';
  readonly body: string;
}

export function bodyText(bytes: Uint8Array): BodyText {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const plain = new TextEncoder().encode(text);
  const same = plain.length === bytes.length && plain.every((byte, at) => byte === bytes[at]);
  return same ? { encoding: 'utf8', body: text } : { encoding: 'base64', body: base64(bytes) };
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
