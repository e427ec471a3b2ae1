/** One entry of an archive, as bytes: everything a header can say, also what no honest archiver would write. */
export interface TarEntry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** The type flag: '0' file, '1' hard link, '2' link, '3' '4' devices, '5' folder, '6' pipe, 'S' sparse, 'x' 'g' 'L' 'K' headers. */
  readonly type?: string;
  readonly link?: string;
  readonly mode?: number;
  /** Written into the size field as it is, in place of the content's length. */
  readonly size?: string | Uint8Array;
  readonly prefix?: string;
  /** Added to the right checksum. */
  readonly checksumOff?: number;
}

const blockBytes = 512;

/** An archive, made byte by byte so that nothing checks or repairs it on the way. */
export function tarBytes(entries: readonly TarEntry[], closed = true): Buffer {
  const blocks = entries.map(entryBytes);
  return Buffer.concat(closed ? [...blocks, Buffer.alloc(2 * blockBytes)] : blocks);
}

export function entryBytes(entry: TarEntry): Buffer {
  const content = Buffer.from((entry.content ?? '') as string);
  const header = Buffer.alloc(blockBytes);
  const put = (text: string | Uint8Array, at: number, length: number) =>
    Buffer.from(text as string).copy(header, at, 0, length);
  put(entry.name, 0, 100);
  put(`${(entry.mode ?? 0o644).toString(8).padStart(7, '0')}\0`, 100, 8);
  put('0000000\0', 108, 8);
  put('0000000\0', 116, 8);
  put(entry.size ?? `${content.length.toString(8).padStart(11, '0')}\0`, 124, 12);
  put('00000000000\0', 136, 12);
  header.fill(32, 148, 156);
  put(entry.type ?? '0', 156, 1);
  put(entry.link ?? '', 157, 100);
  put('ustar\x0000', 257, 8);
  put(entry.prefix ?? '', 345, 155);
  const sum = header.reduce((total, byte) => total + byte, 0) + (entry.checksumOff ?? 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8);
  return Buffer.concat([
    header,
    content,
    Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes),
  ]);
}

/** A PAX header with these records, for the entry after it. */
export function paxEntry(records: Readonly<Record<string, string>>, type: 'x' | 'g' = 'x'): TarEntry {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    let length = rest + 1;
    while (String(length).length + rest !== length) length += 1;
    return `${length} ${key}=${value}\n`;
  });
  return { name: 'PaxHeader/x', type, content: lines.join('') };
}

/** A long name by GNU, for the entry after it. */
export function longNameEntry(name: string, type: 'L' | 'K' = 'L'): TarEntry {
  return { name: '././@LongLink', type, content: `${name}\0` };
}

/** The least that is a package: its manifest and one file. */
export const soundPackage: readonly TarEntry[] = [
  { name: 'wherry-package.json', content: '{"runtime":"node","entry":"handler.js","signature":"auto"}' },
  { name: 'code/', type: '5', mode: 0o755 },
  { name: 'code/handler.js', content: 'export default () => "hello";\n' },
];
