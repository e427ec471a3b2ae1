import type { VersionChange } from '@wherry/core/rules/version-changes';

/** On the answer to a deploy: what the version before had and this one has no more, since a deploy replaces everything. Names, never a value. */
export const removedHeader = 'X-Wherry-Removed';

const mostBytes = 4096;

/** `annotations.com.wherry.schedule,env.CURRENCY`, each name percent-encoded; undefined where nothing went. Cut where it is too long for a header. */
export function encodeRemoved(changes: readonly VersionChange[]): string | undefined {
  let text = '';
  for (const { what, removed = [] } of changes)
    for (const name of removed) {
      const one = `${text === '' ? '' : ','}${encodeURIComponent(`${what}.${name.toWellFormed()}`)}`;
      if (text.length + one.length > mostBytes) return text === '' ? undefined : text;
      text += one;
    }
  return text === '' ? undefined : text;
}

/** What another gateway writes there is nobody's mistake: it is left out. */
export function decodeRemoved(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  return text.split(',').flatMap((one) => {
    try {
      return [decodeURIComponent(one.trim())];
    } catch {
      return [];
    }
  });
}
