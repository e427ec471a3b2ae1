// Calls whose bodies are kept: read, repeated, and unreadable for everybody else.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CapturedCall, Replayed } from '@wherry/wire/captures';
import type { Call } from '@wherry/wire/calls';
import { Wherry } from '@wherry/cli/testing/run-wherry';
import { Gateway } from './gateway.ts';

const echo = {
  'handler.js': `module.exports = (event, context) => {
    const answer = { seen: event.headers, body: String(event.body), query: event.query };
    return context.status(event.query && event.query.fail ? 500 : 200).headers({ 'Set-Cookie': 'sid=very-' + 'secret-cookie' }).succeed(answer);
  };`,
};

/** Every file of a folder as one text, whatever is in it. */
function everything(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .map((path) => readFileSync(path, 'latin1'))
    .join('');
}

async function token(
  gateway: Gateway,
  name: string,
  scopes: readonly string[],
  functions = '*',
): Promise<{ authorization: string }> {
  const made = await gateway.system('POST', '/system/tokens', { name, scopes, functions });
  return { authorization: `Bearer ${((await made.json()) as { token: string }).token}` };
}

test('a call is kept with its bodies, read by those who may, and repeated', async (t) => {
  const gateway = await Gateway.start(t);
  const spec = { annotations: { 'com.wherry.capture': 'all' } };
  await gateway.deploy({ name: 'kept', files: echo, spec });
  await gateway.deploy({ name: 'not-kept', files: echo });
  const secret = 'hunter2-is-the-password';
  const send = (name: string) =>
    fetch(`${gateway.url}/function/${name}/orders?a=1&api_key=${secret}`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${secret}`,
        cookie: `sid=${secret}`,
        'x-note': 'a note of mine',
        'x-wherry-replay-of': 'forged',
        'content-type': 'text/plain',
      },
      body: 'confidential letter',
    });
  const [answer, other] = [await send('kept'), await send('not-kept')];
  const first = await answer.text();
  assert.match(first, /confidential letter/);
  assert.doesNotMatch(first, /forged/, 'only we say what a call repeats');
  const id = answer.headers.get('x-call-id') as string;

  const list = (await (await gateway.system('GET', '/system/calls?function=kept')).json()) as Call[];
  assert.equal(list.find((one) => one.id === id)?.captured, true);
  const read = await gateway.system('GET', `/system/calls/${id}/capture`);
  assert.equal(read.headers.get('cache-control'), 'no-store');
  const capture = (await read.json()) as CapturedCall;
  assert.deepEqual(
    [capture.request.method, capture.request.path, capture.request.body],
    ['POST', '/orders?a=1&api_key=', 'confidential letter'],
  );
  assert.ok(capture.request.headers.includes('a note of mine'));
  assert.deepEqual(capture.request.withheld.map((name) => name.toLowerCase()).sort(), [
    '?api_key',
    'authorization',
    'cookie',
  ]);
  assert.deepEqual([capture.answer.status, capture.answer.withheld], [200, ['Set-Cookie']]);

  const nothing = await gateway.system('GET', `/system/calls/${other.headers.get('x-call-id')}/capture`);
  assert.deepEqual([nothing.status, nothing.headers.get('x-wherry-error')], [404, 'not_captured']);

  const again = await gateway.system('POST', `/system/calls/${id}/replay`, {});
  const replayed = (await again.json()) as Replayed;
  assert.deepEqual([again.status, replayed.status, replayed.replayOf], [200, 200, id]);
  const said = JSON.parse(replayed.answer?.body ?? '') as { seen: Record<string, string>; body: string };
  assert.deepEqual(
    [said.body, said.seen['x-wherry-replay-of'], said.seen['authorization']],
    ['confidential letter', id, undefined],
  );
  const records = (await (await gateway.system('GET', `/system/calls/${replayed.id}`)).json()) as {
    attempts: Call[];
  };
  assert.deepEqual(
    records.attempts.map(({ replayOf, status }) => [replayOf, status]),
    [[id, 200]],
  );

  const program = new Wherry(t, { WHERRY_HOME: gateway.home });
  const shown = await program.run(['calls', 'show', id, '--body']);
  assert.match(shown.out.toString(), /POST \/orders\?a=1&api_key=\n[^]*confidential letter\n\n200\n/);
  const repeated = await program.run(['calls', 'replay', id, '--to', '1']);
  assert.deepEqual([repeated.code, repeated.out.includes('confidential letter')], [0, true], repeated.err);
  assert.match((await program.run(['calls', 'replay', id, '--dry-run'])).out.toString(), /Would send POST/);

  const unknown = await gateway.system('POST', `/system/calls/${id}/replay`, { version: 99 });
  assert.deepEqual([unknown.status, unknown.headers.get('x-wherry-error')], [404, 'version_unknown']);
  assert.equal((await gateway.system('POST', `/system/calls/${id}/replay`, { version: 1 })).status, 200);
  for (const body of [{ version: '../x' }, { async: 'yes' }, { version: {} }])
    assert.equal(
      (await gateway.system('POST', `/system/calls/${id}/replay`, body)).status,
      400,
      JSON.stringify(body),
    );

  // Not by those who may only look, only call, or do both elsewhere.
  const may = async (headers: { authorization: string }) => {
    const [one, two] = [
      await gateway.system('GET', `/system/calls/${id}/capture`, undefined, headers),
      await gateway.system('POST', `/system/calls/${id}/replay`, {}, headers),
    ];
    assert.doesNotMatch(one.status === 200 ? '' : await one.text(), /confidential/);
    return [one.status, two.status];
  };
  assert.deepEqual(await may(await token(gateway, 'reads', ['read'])), [403, 403]);
  assert.deepEqual(await may(await token(gateway, 'calls', ['invoke'])), [403, 403]);
  assert.deepEqual(await may(await token(gateway, 'elsewhere', ['read', 'invoke'], 'other-*')), [404, 404]);
  assert.deepEqual(await may(await token(gateway, 'both', ['read', 'invoke'], 'kept')), [200, 200]);

  const audit = (await (await gateway.system('GET', '/system/audit?limit=200')).json()) as readonly {
    what: string;
    who: string;
    change?: { function?: string };
  }[];
  const reads = audit.filter(({ what }) => what === 'readCapture');
  assert.ok(
    reads.some(({ who, change }) => who === 'both' && change?.function === 'kept'),
    JSON.stringify(reads),
  );
  assert.ok(audit.some(({ what }) => what === 'replayCall'));
  assert.ok(!audit.some(({ who }) => who === 'elsewhere'), 'who asks for what is not theirs fills no log');

  const found = everything(gateway.home);
  for (const text of ['confidential letter', 'a note of mine', secret, 'very-secret-cookie'])
    assert.ok(!found.includes(text), `${text} lies on the disk`);
  assert.ok(found.includes('/orders'), 'control: what is in the records is found there');

  // Last: the queue keeps bodies as they are.
  const later = (await (
    await gateway.system('POST', `/system/calls/${id}/replay`, { async: true })
  ).json()) as Replayed;
  assert.equal(later.status, 202);
  let outcome: { call?: { state: string }; attempts: Call[] };
  do outcome = (await (await gateway.system('GET', `/system/calls/${later.id}`)).json()) as typeof outcome;
  while (outcome.call?.state !== 'done');
  assert.equal(outcome.attempts[0]?.replayOf, id);

  assert.equal((await gateway.system('DELETE', '/system/functions', { functionName: 'kept' })).status, 202);
  assert.equal((await gateway.system('GET', `/system/calls/${id}/capture`)).status, 404);
});

test('what is longer than what is kept is cut, said so, and not repeated by half', async (t) => {
  const gateway = await Gateway.start(t, { args: ['--capture-max-body', '1Ki'] });
  await gateway.deploy({
    name: 'kept',
    files: echo,
    spec: { annotations: { 'com.wherry.capture': 'failures' } },
  });
  const fine = await fetch(`${gateway.url}/function/kept`, { method: 'POST', body: 'x'.repeat(200_000) });
  const failed = await fetch(`${gateway.url}/function/kept?fail=1`, {
    method: 'POST',
    body: 'x'.repeat(200_000),
  });
  // A call is over, and kept, once its answer was taken.
  for (const answer of [fine, failed]) await answer.text();
  const of = async (answer: Response) =>
    gateway.system('GET', `/system/calls/${answer.headers.get('x-call-id')}/capture`);
  assert.deepEqual([fine.status, failed.status, (await of(fine)).status], [200, 500, 404]);
  const capture = (await (await of(failed)).json()) as CapturedCall;
  assert.deepEqual(
    [capture.request.body.length, capture.request.bytes, capture.request.cut],
    [1024, 200_000, true],
  );
  assert.equal(capture.answer.cut, true);
  const again = await gateway.system('POST', `/system/calls/${failed.headers.get('x-call-id')}/replay`, {});
  assert.deepEqual([again.status, again.headers.get('x-wherry-error')], [409, 'capture_cut']);
  const bad = await gateway.system('POST', '/system/functions', {
    ...{ service: 'bad', image: `wherry.local/x@sha256:${'0'.repeat(64)}` },
    annotations: { 'com.wherry.capture': 'everything' },
  });
  assert.equal(bad.status, 400);
  assert.match(await bad.text(), /com\.wherry\.capture/);
});
