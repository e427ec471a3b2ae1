import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Rig, settle } from '../rig.fixtures.ts';

const documented = [
  'identify',
  'record',
  'explain',
  'address',
  'authorise',
  'admit',
  'wake',
  'choose',
  'forward',
];
const root = join(import.meta.dirname, '../../../..');

/** The stages in the order in which `stages.ts` composes them. */
function composed(): string[] {
  const source = readFileSync(join(import.meta.dirname, 'stages.ts'), 'utf8');
  const list = /return pipeline\(\s*\[([^\]]*)\]/.exec(source)?.[1] ?? '';
  return [...list.matchAll(/(\w+)\((?:parts)?\)/g)].map(([, name]) => name ?? '');
}

test('a call takes the nine stages in the documented order', () => {
  assert.deepEqual(composed(), documented);
});

test('the page that draws the way of a call names the same stages in the same order', () => {
  const page = join(root, 'docs/request-path.md');
  if (!existsSync(page)) return;
  const drawn = [...readFileSync(page, 'utf8').matchAll(/^\s*(\d+)\.\s+`?(\w+)/gm)];
  assert.deepEqual(
    drawn.map(([, number]) => Number(number)),
    documented.map((_, i) => i + 1),
  );
  assert.deepEqual(
    drawn.map(([, , name]) => name),
    composed(),
  );
});

test('refused, failed and cancelled calls are explained and recorded like all others', async () => {
  const rig = await Rig.open({ settings: { functionsArePublic: false } });
  await rig.deploy('open', { annotations: { 'com.wherry.visibility': 'public' } });
  await rig.deploy('shut');
  await rig.deploy('broken', { annotations: { 'com.wherry.visibility': 'public' } });
  await rig.fleet('broken').sleep();
  rig.provider.failNextStart();
  const answers = [rig.call('open'), rig.call('nobody'), rig.call('shut'), rig.call('broken')];
  await rig.clock.advance(0);
  rig.forwarder.script = () => 'never';
  const gone = rig.call('open', { alias: 'mine' });
  await settle();
  gone.call.cancel('caller_gone');
  await rig.clock.advance(1000);
  assert.deepEqual(
    [...answers, gone].map(({ code, status }) => [code, status]),
    [
      [undefined, 200],
      ['function_unknown', 404],
      ['private_function', 401],
      ['start_failed', 503],
      ['caller_gone', 499],
    ],
  );
  const records = (await rig.records.find({ limit: 10 })).toReversed();
  assert.deepEqual(
    records.map(({ target, status, error, fault }) => [target, status, error, fault]),
    [
      ['nobody', 404, 'function_unknown', 'caller'],
      ['shut', 401, 'private_function', 'caller'],
      ['open', 200, undefined, undefined],
      ['broken', 503, 'start_failed', 'operator'],
      ['open', 499, 'caller_gone', 'caller'],
    ],
  );
  assert.deepEqual(
    await rig.records.find({ id: 'mine', limit: 1 }),
    [records.at(-1)],
    'the caller’s id leads to it',
  );
  assert.equal(new Set(records.map(({ id }) => id)).size, 5);
  await rig.close();
});

test('a wrong name is told the right one', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  const messages = [
    'helo',
    'hallo',
    'ehllo',
    'goodbye',
    'HELLO',
    'hello.other',
    '__proto__',
    'constructor',
  ].map((name) => rig.call(name));
  await settle();
  assert.deepEqual(
    messages.map(({ failure }) => /did you mean (\w+)/.exec(failure?.message ?? '')?.[1]),
    ['hello', 'hello', 'hello', undefined, undefined, undefined, undefined, undefined],
  );
  assert.ok(messages.every(({ status }) => status === 404));
  await rig.close();
});

test('every call has its own id, and a mistake of ours in a stage is an answer too', async () => {
  const rig = await Rig.open();
  await rig.deploy('hello');
  rig.forwarder.script = () => {
    throw new Error('the stand-in broke');
  };
  const channel = rig.forwarder.channel({ kind: 'frames', path: '/fake/i1' });
  if (channel === undefined) throw new Error('no channel');
  channel.forward = () => {
    throw new TypeError('x is not a function');
  };
  const call = rig.call('hello');
  await settle();
  assert.deepEqual([call.code, call.status, call.failure?.message], ['internal', 500, 'x is not a function']);
  assert.equal(rig.fleet('hello').members[0]?.inFlight, 0, 'its place is free again');
  await rig.close();
});
