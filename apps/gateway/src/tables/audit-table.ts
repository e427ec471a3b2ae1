import type { AuditRecord } from '@wherry/core/audit-record';
import { number, text, time } from './columns.ts';
import { givenOnly } from './given-only.ts';
import type { Source } from './source.ts';
import { onlyForAdmins } from './viewer.ts';

const pageRows = 250;

/** Who changed what, to be looked at in a spreadsheet. What proves the log, its chain, is in its own export. */
export const auditTable: Source<AuditRecord> = {
  columns: [
    number('seq', ({ seq }) => seq),
    time('at', ({ at }) => at),
    text('who', ({ who }) => who),
    text('token', ({ token }) => token),
    text('from', ({ from }) => from),
    text('what', ({ what }) => what),
    text('method', ({ method }) => method),
    text('namespace', ({ namespace }) => namespace),
    text('name', ({ name }) => name),
    number('status', ({ status }) => (status === 0 ? undefined : status)),
    text('error', ({ error }) => error),
    number('count', ({ count = 1 }) => count),
    time('until', ({ until }) => until),
    text('call', ({ call }) => call),
    text('change', ({ change }) => (change === undefined ? undefined : JSON.stringify(change))),
  ],
  async *pages({ platform, filters, viewer }) {
    onlyForAdmins(viewer, 'audit');
    const { namespace, since, until, who, what, about: name, outcome } = filters;
    const asked = givenOnly({ namespace, since, until, who, what, name, outcome });
    for (let before: number | undefined, first = true; first || before !== undefined; first = false) {
      const page = await platform.audit.log.find({ limit: pageRows, ...asked, ...givenOnly({ before }) });
      yield page;
      before = page.length < pageRows ? undefined : page.at(-1)?.seq;
    }
  },
};
