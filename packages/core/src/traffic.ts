/** How much of the calls a version takes. */
export interface Share {
  readonly version: number;
  /** A whole number from 1; those of one alias together are the whole. */
  readonly weight: number;
}

/**
 * Whose calls stay with one version: those of the same client (by what it authorises itself with, else by its address), or those with the same
 * value of a header or of a cookie. Calls that have no such value are dealt out like any others.
 */
export type Sticky = { readonly by: 'client' } | { readonly by: 'header' | 'cookie'; readonly name: string };

/** A name for versions of a function: `NAME@ALIAS` is called by it. */
export interface Alias {
  readonly name: string;
  readonly shares: readonly Share[];
  readonly sticky?: Sticky;
}

/** A version that is being tried on calls of the plain name. The live version takes the rest. */
export interface Canary {
  readonly version: number;
  /** A whole number from 0 to 100. */
  readonly percent: number;
  readonly sticky?: Sticky;
}
