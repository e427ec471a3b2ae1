/** What types are called as files; others are named by what they are not. */
const endings: Readonly<Record<string, string>> = {
  'application/json': 'json',
  'application/ld+json': 'json',
  'application/problem+json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'application/gzip': 'gz',
  'application/xml': 'xml',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'image/gif': 'gif',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/svg+xml': 'svg',
  'image/webp': 'webp',
  'text/calendar': 'ics',
  'text/css': 'css',
  'text/csv': 'csv',
  'text/event-stream': 'txt',
  'text/html': 'html',
  'text/markdown': 'md',
  'text/plain': 'txt',
  'text/xml': 'xml',
  'video/mp4': 'mp4',
};

const beginnings: readonly (readonly [string, readonly number[]])[] = [
  ['png', [0x89, 0x50, 0x4e, 0x47]],
  ['jpg', [0xff, 0xd8, 0xff]],
  ['gif', [0x47, 0x49, 0x46, 0x38]],
  ['pdf', [0x25, 0x50, 0x44, 0x46]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['gz', [0x1f, 0x8b]],
];

/** What an answer is saved as: what it calls itself, else the function's name with an ending that fits what is in it. */
export function fileNameOf(
  name: string,
  headers: readonly (readonly [string, string])[],
  first: Uint8Array,
): string {
  const value = (wanted: string): string => headers.find(([one]) => one.toLowerCase() === wanted)?.[1] ?? '';
  const own = ownName(value('content-disposition'));
  if (own !== undefined) return own;
  const type = value('content-type').split(';')[0]?.trim().toLowerCase() ?? '';
  const seen = beginnings.find(([, bytes]) => bytes.every((byte, at) => first[at] === byte))?.[0];
  return `${name}.${endings[type] ?? seen ?? (first.includes(0) ? 'bin' : 'txt')}`;
}

/** A name from elsewhere: no folders, nothing hidden, nothing that turns letters around. */
function ownName(disposition: string): string | undefined {
  const wide = /filename\*\s*=\s*utf-8'[^']*'([^;]+)/i.exec(disposition)?.[1];
  const plain = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]+))/i.exec(disposition);
  const said = wide === undefined ? (plain?.[1]?.replaceAll(/\\(.)/g, '$1') ?? plain?.[2]) : decoded(wide);
  const clean = said
    ?.replaceAll(/[\p{C}\u2028\u2029]/gu, '')
    .replace(/^.*[/\\]/s, '')
    .replaceAll(/[<>:"|?*]/g, '_')
    .replace(/^[.\s]+/, '')
    .trim()
    .slice(0, 100);
  return clean === '' ? undefined : clean;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return text.trim();
  }
}
