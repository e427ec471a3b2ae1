import { defaultNamespace } from '@wherry/core/names';
import type { EndedInstance } from '@wherry/wire/ended-instances';
import type { InstanceState } from '@wherry/wire/function-state';
import { escapeLine } from './escape.ts';
import type { Output } from './output.ts';
import { ago, bytes, milliseconds } from './quantities.ts';
import { pairs, table } from './table.ts';

type Named = Pick<InstanceState, 'name' | 'namespace'>;

const functionOf = ({ name, namespace }: Named): string =>
  namespace === defaultNamespace ? name : `${name}.${namespace}`;
const size = (count: number | undefined): string => (count === undefined ? '-' : bytes(count));
const time = (ms: number | undefined): string => (ms === undefined ? '-' : milliseconds(ms));

export function runningTable(list: readonly InstanceState[], now: number, columns: number): string {
  return table<InstanceState>(
    [
      { head: 'RUNNING', cell: ({ id }) => id },
      { head: 'FUNCTION', cell: functionOf },
      { head: 'VERSION', cell: ({ version }) => String(version), right: true },
      { head: 'STATE', cell: ({ state }) => state },
      { head: 'STARTED', cell: ({ startedAt }) => ago(startedAt, now) },
      { head: 'CALLS NOW', cell: ({ inFlight }) => String(inFlight), right: true },
      { head: 'MEMORY', cell: ({ memoryBytes }) => size(memoryBytes), right: true },
      { head: 'CPU', cell: ({ cpuMs }) => time(cpuMs), right: true },
    ],
    list,
    columns,
  );
}

export function endedTable(
  list: readonly EndedInstance[],
  now: number,
  { style, out }: Pick<Output, 'style' | 'out'>,
): string {
  return table<EndedInstance>(
    [
      { head: 'GONE', cell: ({ instance }) => instance },
      { head: 'FUNCTION', cell: functionOf },
      { head: 'VERSION', cell: ({ version }) => String(version), right: true },
      { head: 'ENDED', cell: ({ at }) => ago(at, now) },
      { head: 'LIVED', cell: lived, right: true },
      { head: 'PEAK', cell: ({ peakMemoryBytes }) => size(peakMemoryBytes), right: true },
      {
        head: 'WHY',
        cell: ({ reason }) => reason,
        shrinks: true,
        paint: (text, { kind }) => (kind === 'stopped' ? text : style.bad(text)),
      },
    ],
    list,
    out.columns,
  );
}

export function endedInFull(one: EndedInstance, now: number): string {
  const entries: (readonly [string, string])[] = [
    ['Instance', one.instance],
    ['Function', `${functionOf(one)}, version ${one.version}`],
    ['Started', one.startedAt ?? 'it was never ready'],
    ['Ended', `${one.at} (${ago(one.at, now)})`],
    ['Why', `${one.kind}: ${one.reason}`],
    ['Most memory', size(one.peakMemoryBytes)],
    ['Processor', time(one.cpuMs)],
    ['Its calls', `wherry calls --instance ${one.instance}`],
    ['Its log', `wherry logs ${functionOf(one)} --instance ${one.instance}`],
  ];
  const words = one.lastWords.map((line) => `  │ ${escapeLine(line)}`);
  const shown = pairs(entries.map(([label, text]) => [label, escapeLine(text)]));
  return words.length === 0 ? shown : [shown, 'Last words:', ...words].join('\n');
}

function lived({ startedAt, at }: EndedInstance): string {
  return startedAt === undefined ? '-' : milliseconds(Math.max(0, Date.parse(at) - Date.parse(startedAt)));
}
