// The reporter that scripts/test.mjs puts into each test file's process: one line of JSON per finished test.
// Node's own reporters hide the reason of a skip and can't be told which skips are allowed.
import { inspect } from 'node:util';

export default async function* reporter(events) {
  // Results come children first; starts come parents first, and tell who the parents are.
  const path = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') {
      path.length = data.nesting;
      path.push(data.name);
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const name = [...path.slice(0, data.nesting), data.name].join(' > ');
    const result = judge(type, data);
    if (result) yield `${JSON.stringify({ name, ...result })}\n`;
  }
}

/** @returns nothing for results that merely repeat those of their subtests */
function judge(type, { details, skip, todo }) {
  if (skip !== undefined && skip !== false) return { outcome: 'skipped', reason: reasonOf(skip) };
  if (todo !== undefined && todo !== false) return { outcome: 'skipped', reason: `to do: ${reasonOf(todo)}` };
  const isGroup = details.type === 'suite';
  if (type === 'test:pass') return isGroup ? undefined : { outcome: 'passed' };
  const { error } = details;
  if (error?.failureType === 'subtestsFailed') return undefined;
  return { outcome: 'failed', error: describe(error?.cause ?? error) };
}

function describe(error) {
  // An assertion's message shows both values already; other errors have telling fields of their own.
  const text = error?.code === 'ERR_ASSERTION' ? error.stack : inspect(error, { depth: 6 });
  return text.replace(/^ +at .*\(?node:internal\/.*\n?/gm, '').trimEnd();
}

function reasonOf(value) {
  return typeof value === 'string' && value !== '' ? value : 'no reason given';
}
