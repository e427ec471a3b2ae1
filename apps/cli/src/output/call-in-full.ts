import { defaultNamespace } from '@wherry/core/names';
import type { Call } from '@wherry/wire/calls';
import { escapeLine } from './escape.ts';
import { milliseconds } from './quantities.ts';
import { pairs } from './table.ts';

export function functionOf({ name, namespace, target }: Call): string {
  if (name === undefined) return target;
  return namespace === defaultNamespace ? name : `${name}.${namespace}`;
}

export function callInFull(call: Call): string {
  const entries: (readonly [string, string])[] = [
    ['Id', call.id],
    ['Caller’s id', call.alias ?? ''],
    ['Function', `${functionOf(call)}${call.version === undefined ? '' : `, version ${call.version}`}`],
    ['Instance', call.instance ?? ''],
    ['Request', `${call.method} ${call.path} (${call.trigger})`],
    [
      'Status',
      `${call.status}${call.error === undefined ? '' : ` ${call.error}, the fault of: ${call.fault}`}`,
    ],
    ['Started', `${call.startedAt}, ${call.cold ? 'cold' : 'warm'}`],
    [
      'Took',
      `${milliseconds(call.totalMs)}: waiting ${milliseconds(call.waitMs)}, waking ${milliseconds(call.wakeMs)}, running ${milliseconds(call.runMs)}`,
    ],
    ['Trace', call.traceId ?? ''],
    ['Repeats', call.replayOf ?? ''],
    ['Bytes', `${call.bytesIn} in, ${call.bytesOut} out${call.captured === true ? ', kept' : ''}`],
  ];
  return pairs(entries.filter(([, text]) => text !== '').map(([label, text]) => [label, escapeLine(text)]));
}
