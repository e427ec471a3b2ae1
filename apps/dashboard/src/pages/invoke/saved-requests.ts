import { pathWithoutCredentials, withoutCredentials } from '@wherry/wire/credentials';
import { type Asked, headersIn, nothingAsked, type Of } from './request.ts';

/** A request under a name. Of a form its texts are kept, of files nothing. */
export type SavedRequest = Pick<Asked, 'method' | 'path' | 'query' | 'headers' | 'body' | 'later'> & {
  readonly name: string;
  readonly kind: Asked['kind'];
  readonly parts: readonly (readonly [string, string])[];
};

export const mostSaved = 50;
export const longestName = 60;
const mostBody = 64 * 1024;

const placeOf = ({ namespace, name }: Of): string => `requests ${namespace} ${name}`;

/** Of one function, by name. What is no request, whoever put it there, is passed over. */
export function savedRequests(of: Of): readonly SavedRequest[] {
  return requestsIn(localStorage.getItem(placeOf(of)) ?? '[]');
}

/** Throws where the browser has no room. */
export function keepRequests(of: Of, all: readonly SavedRequest[]): void {
  const sorted = all.toSorted((a, b) => a.name.localeCompare(b.name)).slice(0, mostSaved);
  if (sorted.length === 0) localStorage.removeItem(placeOf(of));
  else localStorage.setItem(placeOf(of), JSON.stringify(sorted));
}

/** `withheld`: what looks like a credential, and is not kept: storage outlives the tab that the token lives in. */
export function savedAs(
  name: string,
  asked: Asked,
): { readonly saved: SavedRequest; readonly withheld: readonly string[] } {
  const { headers, withheld } = withoutCredentials((headersIn(asked.headers) ?? []).flat());
  const path = pathWithoutCredentials(asked.path);
  const query = asked.query.map(([key, value]) => {
    const { withheld: no } = withoutCredentials([key, value]);
    return { pair: [key, no.length === 0 ? value : ''] as const, no };
  });
  const lines = headers.flatMap((text, i) => (i % 2 === 0 ? [`${text}: ${headers[i + 1]}`] : []));
  return {
    saved: {
      ...{ name, method: asked.method, kind: asked.kind, later: asked.later },
      path: path.path,
      query: query.map(({ pair }) => pair),
      headers: [...lines, ...withheld.map((one) => `${one}: `)].join('\n'),
      body: asked.body.length > mostBody ? '' : asked.body,
      parts: asked.parts.map((part) => [part.name, part.value]),
    },
    withheld: [...withheld, ...path.withheld, ...query.flatMap(({ no }) => no.map((one) => `?${one}`))],
  };
}

export const askedBy = (saved: SavedRequest): Asked => ({
  ...nothingAsked,
  ...saved,
  parts: saved.parts.map(([name, value]) => ({ name, value })),
});

/** Of a file or of the storage, which anybody may have written. */
export function requestsIn(text: string): readonly SavedRequest[] {
  let all: unknown;
  try {
    all = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(all)) return [];
  return all.flatMap((one: unknown) => requestIn(one) ?? []).slice(0, mostSaved);
}

function requestIn(value: unknown): SavedRequest | undefined {
  const { name, method, path, query, headers, body, later, kind, parts } = (value ?? {}) as Record<
    string,
    unknown
  >;
  if (typeof name !== 'string' || name === '') return undefined;
  const word = (one: unknown, usual: string): string => (typeof one === 'string' ? one : usual);
  return {
    name: name.slice(0, longestName),
    method: /^[A-Z]{1,20}$/.test(word(method, '')) ? word(method, 'POST') : 'POST',
    path: word(path, '/'),
    query: pairsIn(query),
    headers: word(headers, ''),
    body: word(body, ''),
    later: later === true,
    kind: kind === 'file' || kind === 'form' ? kind : 'text',
    parts: pairsIn(parts),
  };
}

const pairsIn = (value: unknown): readonly (readonly [string, string])[] =>
  Array.isArray(value)
    ? value.flatMap((one) =>
        Array.isArray(one) && typeof one[0] === 'string' && typeof one[1] === 'string'
          ? [[one[0], one[1]] as const]
          : [],
      )
    : [];
