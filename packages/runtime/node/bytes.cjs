// Everything that JavaScript has for bytes, as a Uint8Array.
'use strict';
const { isView } = ArrayBuffer;
const { Buffer } = globalThis;

/** The bytes of a Buffer, another view or an ArrayBuffer. */
function bytesOf(value) {
  if (value instanceof Uint8Array) return value;
  if (isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  return undefined;
}

module.exports = { bytesOf };
