import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gateway } from './gateway.ts';
import { Project } from './project.ts';

const cleanups: (() => Promise<void>)[] = [];
let gateway: Gateway;
before(async () => {
  gateway = await Gateway.start({ after: (fn) => void cleanups.unshift(fn) });
});
after(async () => {
  for (const end of cleanups) await end();
});

const charts = [{ title: 'Calls', kind: 'area', unit: 'per second', queries: [{ text: 'up' }] }];

test('a board is kept, changed by who saw it last, and removed', async () => {
  const made = await gateway.system('PUT', '/system/boards/shop', { title: 'The shop', charts, revision: 0 });
  assert.equal(made.status, 200);
  const board = (await made.json()) as { revision: number };
  assert.equal(board.revision, 1);
  assert.deepEqual(await (await gateway.system('GET', '/system/boards/shop')).json(), board);
  assert.equal((await gateway.system('PUT', '/system/boards/shop', { charts: [], revision: 0 })).status, 409);
  assert.equal((await gateway.system('PUT', '/system/boards/shop', { charts: [], revision: 1 })).status, 200);
  assert.equal((await gateway.system('DELETE', '/system/boards/shop')).status, 202);
  assert.equal((await gateway.system('GET', '/system/boards/shop')).status, 404);
  assert.deepEqual(await (await gateway.system('GET', '/system/boards')).json(), []);
});

test('a change is in the audit log, and one that is refused changes nothing', async () => {
  await gateway.system('PUT', '/system/boards/audited', { charts });
  const bad = await gateway.system('PUT', '/system/boards/audited', {
    charts: [{ title: 'x', kind: 'pie' }],
  });
  assert.equal(bad.status, 400);
  const entries = (await (await gateway.system('GET', '/system/audit?name=audited')).json()) as {
    what: string;
    status: number;
    change?: unknown;
  }[];
  assert.deepEqual(
    entries.map(({ what, status }) => [what, status]),
    [
      ['putBoard', 400],
      ['putBoard', 200],
    ],
  );
  assert.deepEqual(entries[1]?.change, { revision: '1', charts: '1' });
});

test('a token for some functions sees no board, and one that reads changes none', async () => {
  const token = async (name: string, functions: string): Promise<Record<string, string>> => {
    const made = await gateway.system('POST', '/system/tokens', { name, scopes: ['read'], functions });
    return { authorization: `Bearer ${((await made.json()) as { token: string }).token}` };
  };
  const some = await token('some', 'team-a/*');
  const reader = await token('reader', '*');
  const status = async (method: string, path: string, headers: Record<string, string>): Promise<number> =>
    (
      await fetch(`${gateway.url}${path}`, {
        method,
        headers,
        body: method === 'PUT' ? '{"charts":[]}' : null,
      })
    ).status;
  assert.equal(await status('GET', '/system/boards', some), 403);
  assert.equal(await status('GET', '/system/boards', reader), 200);
  assert.equal(await status('PUT', '/system/boards/mine', reader), 403);
  assert.equal(await status('DELETE', '/system/boards/mine', reader), 403);
});

test('a board goes into a file and comes back from it', async (t) => {
  const project = Project.at(t, gateway);
  await gateway.system('PUT', '/system/boards/kept', { title: 'Kept', charts });
  assert.match((await project.wherry(['boards', 'list'])).out, /kept +Kept +1/);
  await project.wherry(['boards', 'export', 'kept', '--to', 'kept.json']);
  assert.match(
    (await project.wherry(['boards', 'remove', 'kept', '--dry-run'])).out,
    /Would remove board kept/,
  );
  await project.wherry(['boards', 'remove', 'kept']);
  await project.wherry(['boards', 'import', 'kept.json', '--name', 'back']);
  const back = (await (await gateway.system('GET', '/system/boards/back')).json()) as Record<string, unknown>;
  assert.deepEqual([back['title'], back['charts']], ['Kept', charts]);
  assert.equal((await gateway.system('GET', '/system/boards/kept')).status, 404);
});
