// Finds links in Markdown pages that lead nowhere inside the clone.
import path from 'node:path';
import type { SourceFile } from './source-tree.ts';

/** @param exists tells whether a path relative to the clone is there */
export function checkLinks(pages: readonly SourceFile[], exists: (path: string) => boolean): string[] {
  const headings = new Map(pages.map((page) => [page.path, headingsOf(page.text)]));
  return pages.flatMap((page) =>
    linksOf(page.text).flatMap((link) => {
      const [target = '', anchor] = link.split('#');
      const where = target === '' ? page.path : resolve(page.path, decodeURIComponent(target));
      if (where.startsWith('..')) return [`${page.path}: ${link} leads out of the clone`];
      if (!exists(where)) return [`${page.path}: ${link} leads nowhere`];
      const known = headings.get(where);
      if (anchor && known && !known.has(anchor)) return [`${page.path}: ${link} names no heading there`];
      return [];
    }),
  );
}

function resolve(from: string, target: string): string {
  if (target.startsWith('/')) return target.slice(1);
  return path.posix.join(path.posix.dirname(from), target).replace(/\/$/, '');
}

/** Code may show links that aren't meant to work. */
function withoutCode(text: string): string {
  return text.replace(/^ {0,3}(```+|~~~+)[\s\S]*?^ {0,3}\1/gm, '').replace(/`[^`\n]*`/g, '');
}

function linksOf(text: string): string[] {
  const plain = withoutCode(text);
  const inline = [...plain.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const named = [...plain.matchAll(/^\[[^\]]+\]:\s+(\S+)/gm)];
  const html = [...plain.matchAll(/\b(?:src|href)="([^"]+)"/g)];
  return [...inline, ...named, ...html]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^([a-z][a-z+.-]*:|\/\/)/i.test(link));
}

/** The anchors that GitHub gives to a page's headings. */
function headingsOf(text: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  const outsideBlocks = text.replace(/^ {0,3}(```+|~~~+)[\s\S]*?^ {0,3}\1/gm, '');
  for (const [, title = ''] of outsideBlocks.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const base = title
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const times = seen.get(base) ?? 0;
    anchors.add(times ? `${base}-${times}` : base);
    seen.set(base, times + 1);
  }
  return anchors;
}
