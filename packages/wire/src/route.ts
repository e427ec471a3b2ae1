import type { Scope } from '@wherry/core/access';

/**
 * Who may come in. `public` is the checked-in list of routes without credentials; `invoke` follows the function's visibility;
 * the rest is the scope a token needs.
 */
export type Access = 'public' | Scope;

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'ANY';
  /** `{x}` stands for one segment, a final `*` for the rest. */
  readonly path: string;
  readonly access: Access;
  readonly says: string;
}

/** A route, in one line. */
export const route = (method: Route['method'], path: string, access: Access, says: string): Route => ({
  method,
  path,
  access,
  says,
});
