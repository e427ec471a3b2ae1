import { WherryError } from '../errors.ts';
import { printable } from '../names.ts';
import type { Headers } from '../ports/forwarder.ts';
import { durationMs } from './quantity.ts';

/** What a caller asks for beside the call itself. */
export interface AsyncRequest {
  /** Where the answer goes. */
  readonly callback?: string;
  /** Idempotency-Key. */
  readonly key?: string;
  /** Not before so many milliseconds from now. */
  readonly delayMs: number;
  /** The headers that the function gets: without what is meant for us. */
  readonly headers: Headers;
}

/** A call may be put off for so long; what waits longer belongs into a schedule. */
export const longestDelayMs = 30 * 86_400_000;
const longestKey = 255;
const longestCallback = 2_048;

/** Reads what is meant for the queue out of a request's headers. Throws `bad_value`, `callback_refused`. */
export function asyncRequest(headers: Headers): AsyncRequest {
  const kept: string[] = [];
  let [callback, key, delay]: (string | undefined)[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const value = headers[i + 1] as string;
    switch ((headers[i] as string).toLowerCase()) {
      case 'x-callback-url':
        callback = once('X-Callback-Url', callback, value);
        break;
      case 'idempotency-key':
        key = once('Idempotency-Key', key, value);
        break;
      case 'x-wherry-delay':
        delay = once('X-Wherry-Delay', delay, value);
        break;
      default:
        kept.push(headers[i] as string, value);
    }
  }
  return {
    ...(callback === undefined || callback === '' ? {} : { callback: callbackUrl(callback) }),
    ...(key === undefined ? {} : { key: idempotencyKey(key) }),
    delayMs: delay === undefined ? 0 : delayMs(delay),
    headers: kept,
  };
}

/** An address that an answer may be sent to, as far as can be told without asking for its name. */
export function callbackUrl(text: string): string {
  const refuse = (why: string): WherryError =>
    new WherryError('callback_refused', `X-Callback-Url ${printable(text)} ${why}`, { component: 'gateway' });
  if (text.length > longestCallback) throw refuse(`has more than ${longestCallback} characters`);
  const url = urlOf(text);
  if (url === undefined) throw refuse('is no address');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse('is neither http nor https');
  if (url.username !== '' || url.password !== '')
    throw refuse('holds a password, which would be kept with the call');
  return url.href;
}

function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function idempotencyKey(text: string): string {
  // A quoted string by the draft of the standard (draft-ietf-httpapi-idempotency-key-header), bare as most send it.
  const key = /^"(.*)"$/.exec(text)?.[1] ?? text;
  if (key !== '' && key.length <= longestKey) return key;
  throw new WherryError('bad_value', `Idempotency-Key: empty, or more than ${longestKey} characters`, {
    component: 'gateway',
  });
}

function delayMs(text: string): number {
  const ms = durationMs('X-Wherry-Delay', text);
  if (ms <= longestDelayMs) return ms;
  throw new WherryError('bad_value', `X-Wherry-Delay: ${printable(text)} is more than 30 days`, {
    component: 'gateway',
    next: 'For what comes again, or much later, give the function a schedule.',
  });
}

function once(name: string, before: string | undefined, value: string): string {
  if (before === undefined) return value.trim();
  throw new WherryError('bad_value', `${name} was sent twice`, { component: 'gateway' });
}
