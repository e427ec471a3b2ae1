import { Fields, refuseValue } from './fields.ts';

/** What POST /system/dashboard/link answers. */
export interface SignInLink {
  readonly url: string;
  readonly expiresInSeconds: number;
}

/** A code has 43 characters; more is none. */
const longestCode = 128;

/** The code in `{"code": …}`. Throws `bad_value`. */
export function decodeSignIn(body: unknown): string {
  const code = new Fields(body).text('code') ?? '';
  if (code === '' || code.length > longestCode) return refuseValue('code', 'missing, or too long for one');
  return code;
}
