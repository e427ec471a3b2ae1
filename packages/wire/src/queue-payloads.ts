import { WherryError } from '@wherry/core/errors';
import { withoutCredentials } from '@wherry/core/rules/capturing';
import type { QueuedCall } from '@wherry/core/queued-call';
import { type BodyText, bodyText } from './body-text.ts';

/** What GET /system/queue/calls/{id}/payload answers: what a queued call will say, or said in vain. */
export interface QueuePayload extends BodyText {
  readonly id: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names and values in turn, without credentials. */
  readonly headers: readonly string[];
  /** Names of those that are sent and not shown. */
  readonly withheld: readonly string[];
}

/** What POST /system/queue/calls/{id}/redrive asks for: the same call with another body. */
export interface EditedRedrive extends BodyText {
  /** Else what it was. */
  readonly contentType?: string;
}

/** What it answers. */
export interface Redriven {
  /** Of the new call. */
  readonly id: string;
  /** The dead letter, which stays as it was. */
  readonly replayOf: string;
}

export function encodePayload({ item: { id, head }, body = new Uint8Array(0) }: QueuedCall): QueuePayload {
  const { method, path, headers } = head;
  return { id, method, path, ...withoutCredentials(headers), ...bodyText(body) };
}

/** Throws `bad_request`. */
export function decodeEdited(value: unknown): { readonly body: Uint8Array; readonly contentType?: string } {
  const { encoding = 'utf8', body, contentType } = (value ?? {}) as Record<string, unknown>;
  if (typeof body !== 'string') throw bad('body is no text');
  if (encoding !== 'utf8' && encoding !== 'base64') throw bad('encoding is neither utf8 nor base64');
  const type = contentType ?? undefined;
  if (type !== undefined && (typeof type !== 'string' || !/^[\x20-\x7e]{1,200}$/.test(type)))
    throw bad('contentType is no type');
  const bytes = encoding === 'utf8' ? new TextEncoder().encode(body) : bytesOf(body);
  return { body: bytes, ...(type === undefined ? {} : { contentType: type }) };
}

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    throw bad('body is no base64');
  }
}

function bad(cause: string): WherryError {
  return new WherryError('bad_request', cause, { component: 'wire' });
}
