/** A file of an archive. */
export interface PackedFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const block = 512;
/** No file is as old as it says: archives must not differ by when they were made. */
const made = Date.UTC(2000, 0, 1) / 1000;
const utf8 = new TextEncoder();

/** Files as a tar archive: ustar, and where a path is longer than that takes, a pax header before it. */
export function tar(files: readonly PackedFile[]): readonly Uint8Array<ArrayBuffer>[] {
  const pieces = files.flatMap(({ path, bytes }) => {
    const name = utf8.encode(path);
    const long = name.length > 100 ? paxOf(path) : [];
    return [...long, header(name.subarray(0, 100), bytes.length, '0'), ...padded(bytes)];
  });
  return [...pieces, new Uint8Array(2 * block)];
}

/** A record is `LENGTH path=PATH\n`, where the length counts itself. */
function paxOf(path: string): readonly Uint8Array<ArrayBuffer>[] {
  const rest = utf8.encode(` path=${path}\n`).length;
  let length = rest + 1;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  const record = utf8.encode(`${length} path=${path}\n`);
  return [header(utf8.encode('PaxHeader'), record.length, 'x'), ...padded(record)];
}

function padded(bytes: Uint8Array<ArrayBuffer>): readonly Uint8Array<ArrayBuffer>[] {
  const over = bytes.length % block;
  return over === 0 ? [bytes] : [bytes, new Uint8Array(block - over)];
}

/** POSIX.1-1988, "ustar interchange format". */
function header(name: Uint8Array, size: number, type: '0' | 'x'): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(block);
  const put = (at: number, text: string): void => head.set(utf8.encode(text), at);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
  head.set(name, 0);
  put(100, `${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(size, 11)}\0${octal(made, 11)}\0`);
  put(148, '        ');
  put(156, type);
  put(257, 'ustar\0' + '00');
  const sum = head.reduce((all, byte) => all + byte, 0);
  put(148, `${octal(sum, 6)}\0 `);
  return head;
}
