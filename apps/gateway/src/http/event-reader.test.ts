import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { PlatformEvent } from '@wherry/core/platform-event';
import { Ring } from '@wherry/engine/events/ring';
import { decodeEvents } from '@wherry/wire/events';
import { EventReader, mostBehindBytes } from './event-reader.ts';

const event: PlatformEvent = {
  kind: 'function',
  at: 0,
  change: 'changed',
  ...{ namespace: 'openfaas-fn', name: 'hello', version: 1 },
};

test('a reader that takes nothing has little held for it, and is told what it missed once it reads', async () => {
  const ring = new Ring('a');
  const line = new PassThrough();
  const reader = new EventReader(
    line,
    () => true,
    true,
    () => ring.last,
  );
  reader.begin('', []);
  for (let i = 0; i < 20_000; i += 1) reader.tell(ring.add(event));
  assert.ok(line.writableLength < mostBehindBytes + 1_000, `${line.writableLength} bytes are held`);
  const heard: string[] = [];
  for await (const one of decodeEvents(line)) {
    heard.push(one.event);
    if (one.event !== 'gap') continue;
    assert.equal(one.id, ring.last, 'it goes on from now');
    reader.tell(ring.add(event));
    line.end();
  }
  assert.ok(heard.length < 5_000);
  assert.deepEqual([heard[0], ...heard.slice(-2)], ['begin', 'gap', 'function']);
});

test('a reader that takes nothing for long is cut off', () => {
  const line = new PassThrough();
  const reader = new EventReader(
    line,
    () => true,
    true,
    () => 'a-1',
  );
  for (let i = 0; i < 10_000; i += 1) reader.tell({ id: 'a-1', event });
  for (let i = 0; i < 3; i += 1) reader.beat();
  assert.equal(line.destroyed, false);
  reader.beat();
  assert.equal(line.destroyed, true);
});
