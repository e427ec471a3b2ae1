import { WherryError } from '@wherry/core/errors';
import type { LaneState, QueueSelection } from '@wherry/core/ports/call-queue';
import type { QueuedCall as Queued, QueueState } from '@wherry/core/queued-call';
import { bodyText } from './body-text.ts';
import { type Call, encodeCall } from './calls.ts';
import type { CallRecord } from '@wherry/core/call-record';
import { isName, parseFullName } from '@wherry/core/names';
import { functionNamed } from './queries.ts';
import { rfc3339 } from './times.ts';

/** A queued call, the delivery of an answer, or a message about alerts, as the API tells it. */
export interface QueuedCall {
  readonly id: string;
  /** The caller's own X-Call-Id. */
  readonly alias?: string;
  readonly kind: 'call' | 'answer' | 'notice';
  /** Of an answer: the call that it is of. */
  readonly answerTo?: string;
  /** What it is served in turn with: its function, the receiver of its answer, or the channel that is told. */
  readonly lane: string;
  readonly name: string;
  readonly namespace: string;
  /** As it was called: with the alias or version that was named. */
  readonly target: string;
  readonly trigger: string;
  readonly method: string;
  /** Without the query, which may hold what is nobody's business. */
  readonly path: string;
  readonly bytes: number;
  readonly state: QueueState;
  readonly attempts: number;
  readonly crashes: number;
  readonly depth: number;
  /** Only to whom: what stands behind it may be a secret. */
  readonly callback?: string;
  readonly enqueuedAt: string;
  /** Of what waits: when it is tried next. */
  readonly dueAt?: string;
  /** Of what waits or runs: from when it is not begun any more. */
  readonly expiresAt?: string;
  readonly finishedAt?: string;
  readonly keptUntil?: string;
  /** The call that this one repeats, where it does. */
  readonly replayOf?: string;
  /** Of a dead letter: the call that took its place, with another body. */
  readonly editedAs?: string;
  /** Why it is a dead letter. */
  readonly reason?: string;
  /** How the last attempt went wrong. */
  readonly last?: {
    readonly at: string;
    readonly status?: number;
    readonly error?: string;
    readonly cause: string;
  };
  readonly result?: {
    readonly status: number;
    /** Names and values in turn. */
    readonly headers: readonly string[];
    readonly encoding: 'utf8' | 'base64';
    readonly body: string;
    /** It was more than is kept, and left out. */
    readonly cut?: boolean;
  };
}

/** GET /system/calls/{id}: what became of a call, and every attempt that is on record. */
export interface CallOutcome {
  readonly call?: QueuedCall;
  readonly attempts: readonly Call[];
}

/** What waits and runs of one function, or for one receiver of answers. */
export interface QueueLane {
  readonly lane: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly waiting: number;
  readonly running: number;
  readonly dead: number;
  readonly nextDueAt?: string;
  readonly oldestAt?: string;
}

/** What a change of the queue is about, and what it applied to. */
export interface QueueChange {
  readonly ids?: readonly string[];
  /** As the list of lanes has it: `channel ops`. */
  readonly lane?: string;
  readonly function?: string;
  readonly namespace?: string;
  readonly all?: boolean;
}

export interface QueueChanged {
  readonly ids: readonly string[];
}

export function encodeQueued(queued: Queued): QueuedCall {
  const { item, state, note, reason, editedAs, finishedAt, keptUntil, result } = queued;
  const { head } = item;
  const live = state === 'waiting' || state === 'running';
  return {
    id: item.id,
    ...(item.alias === undefined ? {} : { alias: item.alias }),
    ...(head.answer === undefined
      ? { kind: head.notice === undefined ? 'call' : 'notice' }
      : { kind: 'answer', answerTo: head.answer.call }),
    ...{ lane: item.lane, ...item.of },
    ...{
      target: head.target,
      trigger: head.trigger,
      method: head.method,
      path: head.path.replace(/\?.*$/s, ''),
    },
    ...{ bytes: queued.bytes, state, attempts: queued.attempts, crashes: queued.crashes, depth: head.depth },
    ...(head.callback === undefined ? {} : { callback: new URL(head.callback).origin }),
    enqueuedAt: rfc3339(item.enqueuedAt),
    ...(state === 'waiting' ? { dueAt: rfc3339(queued.due) } : {}),
    ...(live ? { expiresAt: rfc3339(item.expires) } : {}),
    ...(finishedAt === undefined ? {} : { finishedAt: rfc3339(finishedAt) }),
    ...(keptUntil === undefined ? {} : { keptUntil: rfc3339(keptUntil) }),
    ...(head.replayOf === undefined ? {} : { replayOf: head.replayOf }),
    ...(editedAs === undefined ? {} : { editedAs }),
    ...(reason === undefined ? {} : { reason }),
    ...(note === undefined ? {} : { last: { ...note, at: rfc3339(note.at) } }),
    ...(result === undefined ? {} : { result: encodeResult(result) }),
  };
}

function encodeResult({
  status,
  headers,
  body,
  cut,
}: NonNullable<Queued['result']>): NonNullable<QueuedCall['result']> {
  return { ...{ status, headers }, ...bodyText(body), ...(cut === true ? { cut } : {}) };
}

export function encodeOutcome(
  queued: Queued | undefined,
  records: readonly CallRecord[],
  captured: ReadonlySet<string>,
): CallOutcome {
  return {
    ...(queued === undefined ? {} : { call: encodeQueued(queued) }),
    attempts: records.map((record) => encodeCall(record, captured.has(record.id))),
  };
}

export function encodeLane({ lane, waiting, running, dead, nextDue, oldest }: LaneState): QueueLane {
  const of = parseFullName(lane);
  return {
    ...{ lane, ...of, waiting, running, dead },
    ...(nextDue === undefined ? {} : { nextDueAt: rfc3339(nextDue) }),
    ...(oldest === undefined ? {} : { oldestAt: rfc3339(oldest) }),
  };
}

/** Reads which calls are meant: some by `ids`, those of a `lane` or of a `function`, or with `all` every one, of a `namespace` where one is named. Throws `bad_request`. */
export function decodeQueueChange(value: unknown): QueueSelection & { readonly namespace?: string } {
  const { ids, lane, function: name, namespace, all } = (value ?? {}) as Record<string, unknown>;
  if (
    Array.isArray(ids) &&
    ids.length > 0 &&
    ids.length <= 10_000 &&
    ids.every((id) => typeof id === 'string')
  )
    return { ids: ids as string[] };
  if (typeof lane === 'string' && lane !== '') return { lane };
  if (typeof name === 'string')
    return { of: functionNamed(name, typeof namespace === 'string' ? namespace : undefined) };
  if (all === true && typeof namespace !== 'string') return {};
  if (all === true && isName(String(namespace))) return { namespace: String(namespace) };
  throw new WherryError('bad_request', 'it names neither ids, nor a lane, nor a function, nor all', {
    component: 'wire',
  });
}
