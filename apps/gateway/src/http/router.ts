import type { Route } from '@wherry/wire/routes';
import type { Exchange } from './exchange.ts';

export type Handler = (exchange: Exchange) => Promise<void> | void;

export interface Entry {
  readonly route: Route;
  readonly handler: Handler;
}

/** What a path matched. `methods` are those served there when the method was another. */
export type Match =
  | { readonly entry: Entry; readonly params: Readonly<Record<string, string>> }
  | { readonly methods: readonly string[] }
  | undefined;

/** Finds the route of a path by whole segments; each is decoded once, and only when it stands for a parameter. */
export class Router {
  readonly #entries: readonly (Entry & { readonly parts: readonly string[] })[];

  constructor(entries: readonly Entry[]) {
    this.#entries = entries.map((entry) => ({ ...entry, parts: entry.route.path.split('/') }));
  }

  match(method: string, path: string): Match {
    const parts = path.split('/');
    const methods: string[] = [];
    for (const entry of this.#entries) {
      const params = matchParts(entry.parts, parts);
      if (params === undefined) continue;
      if (entry.route.method === method || (method === 'HEAD' && entry.route.method === 'GET'))
        return { entry, params };
      methods.push(entry.route.method);
    }
    return methods.length === 0 ? undefined : { methods };
  }
}

function matchParts(
  pattern: readonly string[],
  parts: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (let i = 0; i < pattern.length; i++) {
    const want = pattern[i] as string;
    const have = parts[i] as string;
    if (!want.startsWith('{')) {
      if (want !== have) return undefined;
    } else if (have === '') return undefined;
    else params[want.slice(1, -1)] = decoded(have);
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
