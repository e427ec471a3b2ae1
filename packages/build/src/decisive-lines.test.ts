import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decisiveLine } from './decisive-lines.ts';

test('the line that says why, of what each tool writes', () => {
  const logs: readonly (readonly [readonly string[], string])[] = [
    [
      [
        'npm error code E404',
        'npm error 404 Not Found - GET https://registry.npmjs.org/nope',
        'npm error A complete log of this run',
      ],
      '404 Not Found - GET https://registry.npmjs.org/nope',
    ],
    [
      [
        'Collecting x',
        'ERROR: Could not find a version that satisfies the requirement x==9',
        'ERROR: No matching distribution found for x==9',
      ],
      'Could not find a version that satisfies the requirement x==9',
    ],
    [
      ['# handler/function', 'function/handler.go:11:20: undefined: prices.For'],
      'function/handler.go:11:20: undefined: prices.For',
    ],
    [
      ['[INFO] Scanning', '[ERROR] Failed to execute goal: Could not resolve x:y:1', '[ERROR] -> [Help 1]'],
      'Failed to execute goal: Could not resolve x:y:1',
    ],
    [
      ['/code/Handler.java:3: error: cannot find symbol', '1 error'],
      '/code/Handler.java:3: error: cannot find symbol',
    ],
    [['\u001b[31mFatal error: \u001b[0mno'], 'Fatal error: no'],
    [['one', 'two', ''], 'two'],
    [[], 'it said nothing'],
  ];
  for (const [lines, expected] of logs) assert.equal(decisiveLine(lines), expected);
});
