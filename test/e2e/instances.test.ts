// What is left of instances that are gone, as people and programs see it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '@wherry/wire/calls';
import type { EndedInstance } from '@wherry/wire/ended-instances';
import { Wherry } from '@wherry/cli/testing/run-wherry';
import { Gateway } from './gateway.ts';

const mortal = {
  'handler.js': `module.exports = (event) => {
    if (String(event.body) === 'die') { console.error('\\u001b[31mthese are my last words'); process.exit(7); }
    return 'alive';
  };`,
};

test('how an instance ended is told with its last words, also when its function is gone', async (t) => {
  const gateway = await Gateway.start(t);
  await gateway.deploy({ name: 'mortal', files: mortal });
  await gateway.deploy({ name: 'other', files: mortal });
  const call = (body: string) => fetch(`${gateway.url}/function/mortal`, { method: 'POST', body });
  assert.equal((await call('live')).status, 200);
  assert.equal((await call('die')).status, 502);
  const ended = async (query = '', headers?: Readonly<Record<string, string>>) =>
    (await (
      await gateway.system('GET', `/system/instances/ended?${query}`, undefined, headers)
    ).json()) as readonly EndedInstance[];
  let [one] = await ended('function=mortal&kind=exited');
  while (one === undefined) [one] = await ended('function=mortal&kind=exited');
  assert.deepEqual([one.name, one.version, one.exitCode, one.reason], ['mortal', 1, 7, 'exited with code 7']);
  assert.ok(one.lastWords.some((line) => line.includes('these are my last words')));
  assert.ok(Date.parse(one.startedAt ?? '') <= Date.parse(one.at));

  const calls = (await (
    await gateway.system('GET', `/system/calls?instance=${one.instance}`)
  ).json()) as readonly Call[];
  assert.deepEqual(
    calls.map(({ status }) => status),
    [502, 200],
  );
  assert.equal((await ended(`instance=${one.instance}`)).length, 1);
  assert.deepEqual(await ended('instance=none'), []);
  const refused = await gateway.system('GET', '/system/instances/ended?kind=tired');
  assert.equal(refused.status, 422);

  const program = new Wherry(t, { WHERRY_HOME: gateway.home });
  const cli = (args: readonly string[]) => program.run(args);
  const shown = await cli(['instances', '--id', one.instance]);
  assert.match(shown.out.toString(), /exited: exited with code 7/);
  assert.match(shown.out.toString(), /these are my last words/);
  assert.ok(!shown.out.includes('\u001b[31m'), 'what a function wrote does not colour the terminal');
  const table = await cli(['instances', 'mortal', '--all']);
  assert.match(table.out.toString(), /exited with code 7/);

  const made = await gateway.system('POST', '/system/tokens', {
    name: 'others',
    scopes: ['read'],
    functions: 'other',
  });
  const authorization = `Bearer ${((await made.json()) as { token: string }).token}`;
  assert.deepEqual(await ended('', { authorization }), [], 'a token for others sees none of it');

  assert.equal((await gateway.system('DELETE', '/system/functions', { functionName: 'mortal' })).status, 202);
  assert.ok((await ended('function=mortal&kind=exited')).length === 1);
});
