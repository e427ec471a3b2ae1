const digits = '0123456789abcdef';
const hyphens = [8, 13, 18, 23];

// The value of every character code that is a lower-case hexadecimal digit; for all others more than a byte, wherever it stands.
const values = new Uint16Array(128).fill(256);
for (let value = 0; value < 16; value += 1) values[digits.charCodeAt(value)] = value;

/**
 * Writes the 16 bytes of a UUID in its usual spelling (lower case, four hyphens). False where `text` is anything else, so that
 * what is read back is always the very same text; the bytes are zero then.
 */
export function packUuid(text: string, into: Uint8Array, offset: number): boolean {
  if (text.length !== 36) return false;
  let at = offset;
  for (let index = 0; index < 36; index += 2) {
    if (index === 8 || index === 13 || index === 18 || index === 23) {
      if (text.charCodeAt(index) !== 45) return clear(into, offset);
      index += 1;
    }
    const high = text.charCodeAt(index);
    const low = text.charCodeAt(index + 1);
    if ((high | low) > 127) return clear(into, offset);
    const byte = (values[high]! << 4) | values[low]!;
    if (byte > 255) return clear(into, offset);
    into[at++] = byte;
  }
  return true;
}

function clear(into: Uint8Array, offset: number): false {
  into.fill(0, offset, offset + 16);
  return false;
}

export function unpackUuid(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    if (hyphens.includes(text.length)) text += '-';
    text += digits[byte >> 4]! + digits[byte & 15]!;
  }
  return text;
}

/** When a UUID of version 7 was made, in milliseconds since 1970. */
export function timeOfUuid(bytes: Uint8Array): number {
  let time = 0;
  for (let index = 0; index < 6; index += 1) time = time * 256 + bytes[index]!;
  return time;
}
