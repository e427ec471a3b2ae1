import type { Call } from '@wherry/wire/calls';
import type { QueuedCall } from '@wherry/wire/queued-calls';
import { escapeLine } from './escape.ts';
import { bytes, milliseconds } from './quantities.ts';
import { pairs } from './table.ts';

/** A queued call with everything that is known of it. */
export function queuedInFull(call: QueuedCall | undefined, attempts: readonly Call[]): string {
  const tries = attempts.map(({ startedAt, status, totalMs, error }): readonly [string, string] => [
    'Attempt',
    `${startedAt} ${status}${error === undefined ? '' : ` ${error}`}, ${milliseconds(totalMs)}`,
  ]);
  const said = call === undefined ? [] : entries(call);
  const all = [...said, ...tries.reverse()].filter(([, text]) => text !== '');
  const shown = pairs(all.map(([label, text]) => [label, escapeLine(text)]));
  return call?.result === undefined ? shown : `${shown}\n${answer(call.result)}`;
}

function entries(call: QueuedCall): (readonly [string, string])[] {
  const { last } = call;
  return [
    ['Id', call.id],
    ['Caller’s id', call.alias ?? ''],
    ['Function', call.kind === 'notice' ? call.lane : call.target],
    ['Request', `${call.method} ${call.path} (${call.trigger}), ${bytes(call.bytes)}`],
    [
      'State',
      call.reason === undefined ? call.state : `${call.state}: ${reasons[call.reason] ?? call.reason}`,
    ],
    ['Edited as', call.editedAs ?? ''],
    ['Repeats', call.replayOf ?? ''],
    ['Attempts', String(call.attempts)],
    ['Enqueued', call.enqueuedAt],
    ['Next try', call.dueAt ?? ''],
    ['Until', call.expiresAt ?? ''],
    ['Finished', call.finishedAt ?? ''],
    ['Kept until', call.keptUntil ?? ''],
    ['Answer to', call.callback ?? ''],
    [
      'Last failure',
      last === undefined ? '' : `${last.at} ${last.error ?? ''} ${last.cause}`.replace(/ {2}/, ' '),
    ],
  ];
}

const reasons: Readonly<Record<string, string>> = {
  attempts: 'its attempts are used up',
  expired: 'it became too old',
  poison: 'it brought its instance down again and again',
  refused: 'it can never succeed',
};

function answer({ status, encoding, body, cut }: NonNullable<QueuedCall['result']>): string {
  const head = `Answer      ${status}`;
  if (cut === true) return `${head}, more than is kept (queue.keepBody)`;
  if (encoding === 'base64')
    return `${head}, ${bytes(Math.floor((body.length * 3) / 4))} that are no text: --body`;
  return body === '' ? `${head}, empty` : `${head}\n\n${body}`;
}
