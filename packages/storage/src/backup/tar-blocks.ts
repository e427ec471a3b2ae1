import { Header, Pax } from 'tar';

export const blockBytes = 512;

/** What is added so that content ends with a block. */
export function padding(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}

/** The block in front of a file's content. The same for the same file, whenever and wherever: no times, no owners. */
export function headerOf(name: string, size: number): Buffer {
  return encoded(name, size, false).block as Buffer;
}

/** The same for a file of a package, whose path may be too long for one block. */
export function headersOf(path: string, size: number, executable: boolean): Buffer {
  const header = encoded(path, size, executable);
  return header.needPax
    ? Buffer.concat([new Pax({ path }).encode(), header.block as Buffer])
    : (header.block as Buffer);
}

function encoded(path: string, size: number, executable: boolean): Header {
  const header = new Header({
    ...{ path, size, type: 'File', mode: executable ? 0o755 : 0o644 },
    ...{ mtime: new Date(0), uid: 0, gid: 0 },
  });
  header.encode();
  return header;
}

/** Where an archive ends: two blocks of zeros. */
export const endBlocks = Buffer.alloc(2 * blockBytes);

export interface Plain {
  readonly name: string;
  readonly size: number;
}

/** A header block of a plain file; 'end' for zeros, or what is wrong with it. */
export function readHeader(block: Buffer): Plain | 'end' | { readonly wrong: string } {
  if (block.every((byte) => byte === 0)) return 'end';
  let header: Header;
  try {
    header = new Header(block);
  } catch (error) {
    return { wrong: (error as Error).message };
  }
  const { path, size, type, cksumValid } = header;
  if (!cksumValid) return { wrong: 'a header is garbled' };
  if (type !== 'File' || path === undefined) return { wrong: 'only plain files belong into it' };
  if (size === undefined || !Number.isSafeInteger(size) || size < 0) return { wrong: 'a size is garbled' };
  return { name: path, size };
}
