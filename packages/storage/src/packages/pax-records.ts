/**
 * What is wrong with an extended header (PAX records, or a long name by GNU), undefined where nothing is. The reader of archives
 * skips records that it can't make sense of and cuts values at a NUL; readers that disagree about a name are how files are smuggled, so
 * here such a header refuses the archive.
 */
export function metaRefusal(text: string): string | undefined {
  if (!/^\d+ /.test(text)) {
    // A long name: text, closed by NUL.
    return text.replace(/\0+$/, '').includes('\0') ? 'a long name has a NUL in it' : undefined;
  }
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at);
    const length = space < 0 ? Number.NaN : Number(bytes.toString('latin1', at, space));
    const record = bytes.toString('utf8', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    if (!(length > 0) || at + length > bytes.length || bytes[at + length - 1] !== 10 || equals < 1)
      return 'an extended header is garbled';
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (key.startsWith('GNU.sparse')) return 'sparse files are refused';
    // Only for files above 8 GiB, which are refused anyway.
    if (key === 'size') return 'an extended header gives a size of its own';
    if ((key === 'path' || key === 'linkpath') && /[\0\n]/.test(value))
      return 'an extended header has a NUL or a line end in a name';
    at += length;
  }
  return undefined;
}
