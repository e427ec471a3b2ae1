import type { CallRecord } from '@wherry/core/call-record';
import type { Exit } from '@wherry/core/instance';
import type { LogLine } from '@wherry/core/log-line';
import type { QueuedCall } from '@wherry/core/queued-call';
import { levelOf } from '@wherry/core/rules/log-level';
import { callWords, instanceWords, queuedWords } from '@wherry/core/rules/row-search';
import type { ScalingRecord } from '@wherry/core/scaling-record';
import { type ColumnOf, flag, number, text, time } from './columns.ts';
import { givenOnly } from './given-only.ts';
import { pageByPage } from './page-by-page.ts';
import type { Source } from './source.ts';
import { isWanted } from './wanted-calls.ts';

/** So small that what a page is made of is gone before anybody counts it as old: a thousand take twice the processor time and memory. */
const pageRows = 250;

const callColumns: readonly ColumnOf<CallRecord>[] = [
  text('id', ({ id }) => id),
  time('startedAt', ({ startedAt }) => startedAt),
  text('namespace', ({ deployment }) => deployment?.namespace),
  text('name', ({ deployment }) => deployment?.name),
  number('version', ({ deployment }) => deployment?.version),
  text('target', ({ target }) => target),
  text('trigger', ({ trigger }) => trigger),
  text('method', ({ method }) => method),
  text('path', ({ path }) => path),
  number('status', ({ status }) => status),
  number('totalMs', ({ totalMs }) => totalMs),
  number('waitMs', ({ waitMs }) => waitMs),
  number('wakeMs', ({ wakeMs }) => wakeMs),
  number('runMs', ({ runMs }) => runMs),
  flag('cold', ({ cold }) => cold),
  number('bytesIn', ({ bytesIn }) => bytesIn),
  number('bytesOut', ({ bytesOut }) => bytesOut),
  text('error', ({ error }) => error),
  text('fault', ({ fault }) => fault),
  text('instance', ({ instance }) => instance),
  text('alias', ({ alias }) => alias),
];

export const callsTable: Source<CallRecord> = {
  columns: callColumns,
  words: callWords,
  async *pages({ platform, filters, viewer }) {
    const { function: target, since, until } = filters;
    await platform.recorder.flush();
    const query = { limit: pageRows, ...givenOnly({ target, since, until }) };
    for await (const page of pageByPage((next) => platform.parts.records.page(query, next)))
      yield page.records.filter((record) => isWanted(record, filters, viewer));
  },
};

export const logsTable: Source<LogLine> = {
  columns: [
    time('at', ({ at }) => at),
    text('namespace', ({ deployment }) => deployment.namespace),
    text('name', ({ deployment }) => deployment.name),
    number('version', ({ deployment }) => deployment.version),
    text('instance', ({ instance }) => instance),
    text('stream', ({ stream }) => stream),
    text('level', levelOf),
    text('text', (line) => line.text),
  ],
  async *pages({ platform, filters, viewer }) {
    const { function: target, namespace, since, until, level, text: words, instance, version } = filters;
    await platform.logBook.flush();
    const asked = givenOnly({ target, since, until, level, text: words, instance, version });
    const query = { limit: pageRows, ...asked };
    for await (const page of pageByPage((next) => platform.parts.logs.page(query, next)))
      yield page.lines.filter(
        ({ deployment }) =>
          viewer.may(deployment) && (namespace === undefined || deployment.namespace === namespace),
      );
  },
};

export const queueTable: Source<QueuedCall> = {
  columns: [
    text('id', ({ item }) => item.id),
    text('kind', ({ item }) => (item.head.answer === undefined ? 'call' : 'answer')),
    text('namespace', ({ item }) => item.of.namespace),
    text('name', ({ item }) => item.of.name),
    text('state', ({ state }) => state),
    text('reason', ({ reason }) => reason),
    number('attempts', ({ attempts }) => attempts),
    number('crashes', ({ crashes }) => crashes),
    time('enqueuedAt', ({ item }) => item.enqueuedAt),
    time('dueAt', ({ state, due }) => (state === 'waiting' ? due : undefined)),
    time('finishedAt', ({ finishedAt }) => finishedAt),
    text('trigger', ({ item }) => item.head.trigger),
    text('method', ({ item }) => item.head.method),
    // Without the query, which may hold what is nobody's business; of callbacks only to whom.
    text('path', ({ item }) => item.head.path.replace(/\?.*$/s, '')),
    number('bytes', ({ bytes }) => bytes),
    text('callback', ({ item }) =>
      item.head.callback === undefined ? undefined : new URL(item.head.callback).origin,
    ),
    number('lastStatus', ({ note }) => note?.status),
    text('lastError', ({ note }) => note?.error),
    text('lastCause', ({ note }) => note?.cause),
    time('lastAt', ({ note }) => note?.at),
    text('alias', ({ item }) => item.alias),
  ],
  words: ({ item, reason }) =>
    queuedWords({ ...item.of, target: item.head.target, id: item.id, reason, lane: item.lane }),
  async *pages({ platform, filters, viewer }) {
    const { function: of, namespace, lane, state } = filters;
    for (let before: string | undefined, first = true; first || before !== undefined; first = false) {
      const page = await platform.queue.find({ limit: pageRows, ...givenOnly({ of, lane, state, before }) });
      yield page.filter(
        ({ item }) => viewer.may(item.of) && (namespace === undefined || item.of.namespace === namespace),
      );
      before = page.length < pageRows ? undefined : page.at(-1)?.item.id;
    }
  },
};

export const endsTable: Source<Exit> = {
  columns: [
    text('instance', ({ instance }) => instance),
    text('namespace', ({ deployment }) => deployment.namespace),
    text('name', ({ deployment }) => deployment.name),
    number('version', ({ deployment }) => deployment.version),
    time('startedAt', ({ startedAt }) => startedAt),
    time('endedAt', ({ at }) => at),
    text('kind', ({ kind }) => kind),
    text('reason', ({ reason }) => reason),
    number('exitCode', ({ exitCode }) => exitCode),
    text('signal', ({ signal }) => signal),
    number('peakMemoryBytes', ({ peakMemoryBytes }) => peakMemoryBytes),
    number('cpuMs', ({ cpuMs }) => cpuMs),
    text('lastWords', ({ lastWords }) => lastWords.join('\n')),
  ],
  words: ({ deployment }) => instanceWords(deployment),
  async *pages({ platform, filters, viewer }) {
    const { function: target, namespace, since, until, instance, failed = false } = filters;
    const asked = givenOnly({ target, since, until, instance });
    const query = { limit: pageRows, ...asked };
    for await (const page of pageByPage((next) => platform.logBook.pageExits(query, next)))
      yield page.exits.filter(
        ({ deployment, kind }) =>
          viewer.may(deployment) &&
          (namespace === undefined || deployment.namespace === namespace) &&
          !(failed && kind === 'stopped'),
      );
  },
};

export const scalingTable: Source<ScalingRecord> = {
  columns: [
    time('at', ({ at }) => at),
    text('namespace', ({ deployment }) => deployment.namespace),
    text('name', ({ deployment }) => deployment.name),
    number('version', ({ deployment }) => deployment.version),
    text('kind', ({ kind }) => kind),
    number('from', ({ from }) => from),
    number('wanted', ({ wanted }) => wanted),
    number('actual', ({ actual }) => actual),
    text('reason', ({ reason }) => reason),
  ],
  async *pages({ platform, filters, viewer }) {
    const { function: target, namespace, since } = filters;
    // What is gone may still be asked about by its name.
    const functions =
      target === undefined
        ? platform.functions
            .list()
            .filter((fn) => viewer.may(fn) && (namespace === undefined || fn.namespace === namespace))
        : [target].filter(viewer.may);
    for (const { namespace: space, name } of functions) {
      const query = { target: { namespace: space, name }, limit: pageRows, ...givenOnly({ since }) };
      for await (const page of pageByPage((next) => platform.scalingBook.page(query, next)))
        yield page.records;
    }
  },
};
