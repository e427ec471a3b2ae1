import type { Job } from '@wherry/core/ports/workshop';

/** A word of a command where there is no fence: what would be shown somewhere is where it is. */
export function hostPath(word: string, { shown, writable }: Pick<Job, 'shown' | 'writable'>): string {
  let text = word;
  // Longest first: a folder may be shown inside another.
  const all = [...writable, ...shown].filter(({ from, to }) => from !== to);
  for (const { from, to } of all.sort((a, b) => b.to.length - a.to.length))
    text = text.replaceAll(new RegExp(`(?<![\\w/.-])${escaped(to)}(?=$|[/:,"'\\s])`, 'g'), () => from);
  return text;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
