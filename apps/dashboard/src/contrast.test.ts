import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const sheet = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

type Tokens = Readonly<Record<string, string>>;

function tokensIn(block: string): Tokens {
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1], match[2]]),
  );
}

const blocks = [...sheet.matchAll(/:root[^{]*\{([^}]*)\}/g)].map(([, inside = '']) => tokensIn(inside));
const [light = {}, dark = {}, chosenDark = {}] = blocks;

/** WCAG 2.2, "relative luminance" and "contrast ratio". */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

test('the measure is the one of the standard', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.ok(contrast('#777777', '#ffffff') < 4.5);
});

test('both ways to the dark theme lead to the same colours, and no theme lacks one', () => {
  assert.deepEqual(chosenDark, dark);
  assert.deepEqual(Object.keys(dark).sort(), Object.keys(light).sort());
  assert.ok(Object.keys(light).length > 12);
});

for (const [theme, tokens] of [
  ['light', light],
  ['dark', dark],
] as const) {
  test(`text has a contrast of 4.5 and marks of 3, ${theme}`, () => {
    const poor: string[] = [];
    const hold = (mark: string, on: string, least: number): void => {
      const found = contrast(tokens[mark] ?? '', tokens[on] ?? '');
      if (!(found >= least)) poor.push(`${mark} on ${on}: ${found.toFixed(2)}`);
    };
    for (const on of ['surface-0', 'surface-1', 'surface-2']) {
      for (const text of [
        'text-strong',
        'text',
        'text-muted',
        'accent',
        'ok',
        'warn',
        'bad',
        'info',
        'neutral',
      ])
        hold(text, on, 4.5);
      hold('border-strong', on, 3);
    }
    for (const mark of ['accent', 'warn', 'info']) hold(mark, 'surface-3', 3);
    for (const hue of [1, 2, 3, 4, 5, 6]) hold(`chart-${hue}`, 'surface-1', 3);
    hold('on-accent', 'accent', 4.5);
    assert.deepEqual(poor, []);
  });
}
