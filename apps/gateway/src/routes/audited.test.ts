// Nothing that changes something can be forgotten: every route that is not read-only is audited, or stands on the short list with a reason.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Route, type RouteName, routes } from '@wherry/wire/routes';
import { auditedReads, auditingOf, nameOf, notAudited } from './audited.ts';

const all = Object.entries(routes) as [RouteName, Route][];

test('every route that changes something is audited, or says why not', () => {
  for (const [name, route] of all) {
    if (route.method === 'GET') continue;
    assert.equal(auditingOf(route) === undefined, notAudited[name] !== undefined, name);
    assert.notEqual(notAudited[name], '', name);
  }
});

test('the list of those that are not is as short as somebody has thought about it', () => {
  assert.deepEqual(Object.keys(notAudited).sort(), [
    'invoke',
    'invokeAsync',
    'invokeAsyncPath',
    'invokePath',
    'listLabelsForm',
    'listSeriesForm',
    'previewReport',
    'publish',
    'queryForm',
    'queryRangeForm',
    'tryAlertRule',
    'tryAlertSet',
  ]);
});

test('reading is not audited, but for what is taken along', () => {
  const reads = all.filter(([, route]) => route.method === 'GET' && auditingOf(route) !== undefined);
  assert.deepEqual(reads.map(([name]) => name).sort(), [...auditedReads].sort());
});

test('a route is known by what it is', () => {
  for (const [name, route] of all) assert.equal(nameOf(route), name);
  assert.throws(() => nameOf({ ...routes.backup }));
});
