import { WherryError } from '../errors.ts';
import { printable } from '../names.ts';

/** So many calls in so long. A client that was quiet may use up what it has not used, up to `calls` at once. */
export interface Rate {
  readonly calls: number;
  readonly perMs: number;
}

/** Which pages of other origins may read what a function answers (the Fetch standard, "CORS protocol"). */
export interface Cors {
  /** Origins as browsers send them, or any. */
  readonly origins: '*' | readonly string[];
  /** Whether cookies and credentials may come along. */
  readonly credentials: boolean;
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** `10/s`, `600/m`, `5000/h`. */
export function rate(field: string, text: string): Rate {
  const [, calls, unit] = /^(\d{1,9})\/([smh])$/.exec(text) ?? [];
  if (calls === undefined || Number(calls) < 1)
    return refuse(field, `${printable(text)} is not a rate such as 10/s, 600/m or 5000/h`);
  return { calls: Number(calls), perMs: unitMs[unit as keyof typeof unitMs] };
}

const origin = /^https?:\/\/(?:\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i;
const mostOrigins = 100;

/** `*`, or a comma list of origins. */
export function corsOrigins(field: string, text: string): Cors['origins'] {
  if (text.trim() === '*') return '*';
  const origins = text.split(',').map((part) => part.trim().toLowerCase());
  const wrong = origins.find((one) => !origin.test(one));
  if (wrong !== undefined)
    return refuse(field, `${printable(wrong)} is not an origin such as https://shop.example, nor *`);
  if (origins.length > mostOrigins) return refuse(field, `more than ${mostOrigins} origins`);
  return origins;
}

/** The value of Access-Control-Allow-Origin for a page of `asking`; undefined where it may not read the answer. */
export function allowedOrigin({ origins, credentials }: Cors, asking: string): string | undefined {
  if (origins === '*') return credentials ? undefined : '*';
  return origins.includes(asking.toLowerCase()) ? asking : undefined;
}

function refuse(field: string, rule: string): never {
  throw new WherryError('bad_value', `${field}: ${rule}`, { component: 'rules' });
}
