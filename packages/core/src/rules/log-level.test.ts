import assert from 'node:assert/strict';
import { test } from 'node:test';
import { levelOf } from './log-level.ts';

test('the level of a line, as the loggers of many languages write it', () => {
  const said: readonly (readonly [string, string])[] = [
    ['{"level":"warn","msg":"slow"}', 'warn'],
    ['{"level":50,"msg":"broken"}', 'error'],
    ['{"level":30,"time":1}', 'info'],
    ['{"severity":"CRITICAL","message":"x"}', 'error'],
    ['time=2026-01-31T12:00:00Z level=debug msg=hello', 'debug'],
    ['2026-01-31 12:00:00,123 - root - WARNING - low on disk', 'warn'],
    ['INFO:root:started', 'info'],
    ['[error] no route', 'error'],
    ['Error: no such file', 'error'],
    ['warning: unused variable', 'warn'],
    ['2026/01/31 12:00:00 hello', 'info'],
    ['an error of judgement', 'info'],
    ['terror: none', 'info'],
    ['', 'info'],
  ];
  for (const [text, level] of said) assert.equal(levelOf({ stream: 'stdout', text }), level, text);
});

test('what says nothing is an error on stderr, and a level that is said counts there too', () => {
  assert.equal(levelOf({ stream: 'stderr', text: '    at main (handler.js:1:1)' }), 'error');
  assert.equal(levelOf({ stream: 'stderr', text: 'INFO:root:started' }), 'info');
  assert.equal(levelOf({ stream: 'mark', text: 'exited: Error' }), 'info');
});

test('a line that is made to be hard takes no time', () => {
  const began = performance.now();
  for (const text of [
    `level${' '.repeat(65_000)}`,
    '['.repeat(65_000),
    '"level'.repeat(10_000),
    'ERROR'.repeat(13_000),
  ])
    for (let i = 0; i < 200; i++) levelOf({ stream: 'stdout', text });
  assert.ok(performance.now() - began < 1_000);
});
