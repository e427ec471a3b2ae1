import { versionNumber } from '@wherry/core/call-target';
import type { Capture, CapturedBody } from '@wherry/core/capture';
import { WherryError } from '@wherry/core/errors';
import { isName, printable } from '@wherry/core/names';
import type { CallResult } from '@wherry/core/queued-call';
import { type BodyText, bodyText } from './body-text.ts';
import { rfc3339 } from './times.ts';

/** What is kept of a body. */
export interface KeptBody extends BodyText {
  /** How long it was. */
  readonly bytes: number;
  /** There was more than this. */
  readonly cut?: boolean;
}

/** What GET /system/calls/{id}/capture answers. */
export interface CapturedCall {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly version: number;
  readonly endedAt: string;
  readonly attempt?: number;
  readonly request: KeptBody & {
    readonly method: string;
    /** With its query. */
    readonly path: string;
    /** Names and values in turn. */
    readonly headers: readonly string[];
    /** Names of what was sent and is not kept; of parameters of the query with `?` before them. */
    readonly withheld: readonly string[];
  };
  readonly answer: KeptBody & {
    readonly status: number;
    readonly headers: readonly string[];
    readonly withheld: readonly string[];
    readonly error?: string;
  };
}

/** What POST /system/calls/{id}/replay asks for. */
export interface ReplayRequest {
  /** Kept and made later, rather than now. */
  readonly async?: boolean;
  /** A version by its number, or an alias; else who takes calls now. */
  readonly version?: number | string;
}

/** What it answers. */
export interface Replayed {
  /** Of the new call. */
  readonly id: string;
  readonly replayOf: string;
  readonly status: number;
  /** Why there is no answer, or only half of one. */
  readonly error?: { readonly code: string; readonly message: string };
  /** Absent where it is made later. */
  readonly answer?: KeptBody & { readonly headers: readonly string[] };
}

export function encodeCapture({ id, deployment, at, attempt, request, answer }: Capture): CapturedCall {
  const { body: sent, ...asked } = request;
  const { body: got, ...answered } = answer;
  return {
    ...{ id, ...deployment, endedAt: rfc3339(at) },
    ...(attempt === undefined ? {} : { attempt }),
    request: { ...asked, ...encodeBody(sent) },
    answer: { ...answered, ...encodeBody(got) },
  };
}

export function encodeReplayed(
  id: string,
  replayOf: string,
  { status, headers, body, cut }: CallResult,
): Replayed {
  return {
    ...{ id, replayOf, status },
    answer: { headers, ...bodyText(body), bytes: body.length, ...(cut === true ? { cut } : {}) },
  };
}

/** Throws `bad_request`. */
export function decodeReplay(value: unknown): { readonly async: boolean; readonly qualifier?: string } {
  const { async: later = false, version } = (value ?? {}) as Record<string, unknown>;
  if (typeof later !== 'boolean') throw bad('async is neither true nor false');
  if (version === undefined) return { async: later };
  const qualifier = typeof version === 'number' || typeof version === 'string' ? String(version) : '';
  if (versionNumber(qualifier) === undefined && !isName(qualifier))
    throw bad(`version: ${printable(String(version))} is neither a version nor an alias`);
  return { async: later, qualifier };
}

function encodeBody({ kept, bytes, cut }: CapturedBody): KeptBody {
  return { ...bodyText(kept), bytes, ...(cut ? { cut } : {}) };
}

function bad(cause: string): WherryError {
  return new WherryError('bad_request', cause, { component: 'wire' });
}
