import { WherryError } from '../errors.ts';
import { printable } from '../names.ts';

/** An address of a function's own beside /function/NAME: a host name, a path on the gateway's, or a path on a host name. */
export interface OwnRoute {
  /** In small letters; undefined is every name of the gateway's. */
  readonly host: string | undefined;
  /** Begins with a slash and ends without; empty is the whole host. What stands behind it is the function's path. */
  readonly prefix: string;
}

const mostRoutes = 20;
/** Two labels at least, so that it is nobody's short name; the last is no number, so that it is no address. */
const host = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** What is the same however it is written: neither dots alone, nor anything that may be escaped. */
const path = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]{1,100}){1,10}$/;

/** Reads `api.example.com, shop.example.com/v1, /shop`. Throws `bad_value` naming the field. */
export function ownRoutes(field: string, text: string): readonly OwnRoute[] {
  const parts = [...new Set(text.split(',').map((part) => part.trim()))];
  if (parts.length > mostRoutes) throw refusal(field, `more than ${mostRoutes} routes`);
  return parts.map((part) => {
    const slash = part.indexOf('/');
    const name = (slash < 0 ? part : part.slice(0, slash)).toLowerCase();
    const prefix = slash < 0 ? '' : part.slice(slash).replace(/\/$/, '');
    const whole = name !== '' && prefix === '';
    if ((name === '' || host.test(name)) && (whole || path.test(prefix)))
      return { host: name === '' ? undefined : name, prefix };
    throw refusal(
      field,
      `${printable(part)} is not a host name (api.example.com), a path (/shop), nor both (api.example.com/v1)`,
    );
  });
}

export function routeText({ host: name = '', prefix }: OwnRoute): string {
  return name + prefix;
}

function refusal(field: string, rule: string): WherryError {
  return new WherryError('bad_value', `${field}: ${rule}`, { component: 'rules' });
}
