import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, seeded } from '@wherry/testkit/seeded';
import { functionResources } from './function-resource.ts';
import { StackError } from './problem.ts';
import { readEnvironmentFile, readStack } from './stack-file.ts';
import { substitute, SubstitutionError } from './substitution.ts';

// Files of strangers, made by changing good ones at random: each is read, or refused with a problem that has a place; none ends in anything
// else, and none takes long. The seed is printed where one fails; WHERRY_FUZZ_SEED runs it again.

const rounds = 3_000;

const good = `version: 1.0
provider:
  name: openfaas
  gateway: http://127.0.0.1:8080
functions:
  shop: &shop
    lang: node
    handler: ./shop
    image: \${REGISTRY:-local}/shop:\${TAG^^}
    environment: { A: 1.0, B: "two", C: 'three' }
    environment_file: [env.yml]
    labels:
      com.openfaas.scale.min: 2
    annotations: { topic: "a,b" }
    secrets: [one, two]
    limits: { memory: 64Mi, cpu: 100m }
    requests:
      memory: 32Mi
  mail:
    <<: *shop
    namespace: team
configuration:
  templates: [{ name: x, source: https://x.example }]
  copy: [./common]
`;
const resource = `apiVersion: openfaas.com/v1
kind: Function
metadata: { name: a, namespace: b }
spec: { name: a, image: x, environment: { A: b }, secrets: [c], limits: { memory: 1Mi } }
---
kind: Other
`;
const pieces = [
  ...[
    '\n',
    ' ',
    '  ',
    '\t',
    ':',
    ': ',
    '-',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '#',
    '&a',
    '*a',
    '*shop',
    '<<: *shop',
    '!!binary',
    '!!js/function',
    '|',
    '>',
  ],
  ...[
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '\0',
    '\u2028',
    '\ud800',
    '\ufeff',
    '${',
    '$${',
    '${A:-',
    '${A/',
    '${A##*',
    '}',
    '~',
    'null',
    'true',
    '0x10',
    '1e999',
  ],
  ...[
    '__proto__:',
    'constructor:',
    'functions:',
    'provider:',
    '? ',
    'é',
    '\r\n',
    'x'.repeat(300),
    '['.repeat(50),
    '\\',
  ],
];

function mutated(text: string, next: () => number): string {
  let out = text;
  for (let changes = 1 + Math.floor(next() * 4); changes > 0; changes--) {
    const at = Math.floor(next() * out.length);
    const length = Math.floor(next() * next() * 40);
    const piece = pieces[Math.floor(next() * pieces.length)] ?? '';
    const from = Math.floor(next() * out.length);
    const kinds = [
      out.slice(0, at) + piece + out.slice(at),
      out.slice(0, at) + out.slice(at + length),
      out.slice(0, at) + out.slice(from, from + length) + out.slice(at),
      out.slice(0, at),
    ];
    out = kinds[Math.floor(next() * kinds.length)] ?? out;
  }
  return out;
}

/** What a reader does with a text, in a word; fails where it is none of what may be. */
function outcome(read: () => unknown, text: string): string {
  const since = performance.now();
  try {
    read();
    return 'read';
  } catch (error) {
    const known =
      error instanceof StackError ||
      error instanceof SubstitutionError ||
      /alias/i.test((error as Error).message);
    assert.ok(known, `seed ${seed}: ${(error as Error).stack}\n${JSON.stringify(text)}`);
    if (error instanceof StackError)
      for (const { line, column, what } of error.problems)
        assert.ok(line >= 1 && column >= 1 && what !== '', JSON.stringify(text));
    return 'refused';
  } finally {
    assert.ok(performance.now() - since < 10_000, `seed ${seed}: took too long: ${JSON.stringify(text)}`);
  }
}

for (const [what, text, read] of [
  ['stack files', good, (changed: string) => readStack(changed, 'stack.yaml', { TAG: 'x', A: 'a/b' })],
  [
    'environment files',
    'environment:\n  A: "b"\n  C: 1.0\n',
    (changed: string) => readEnvironmentFile(changed, 'env.yml'),
  ],
  ['resources', resource, (changed: string) => functionResources(changed, 'f.yaml')],
  [
    'substitutions',
    'a ${A} ${A:-${B:-c}} ${A//x/y} ${A:1:2} ${#A} ${A%%.*}',
    (changed: string) => substitute(changed, { A: 'axb.c', B: '' }),
  ],
] as const)
  test(`${what} of strangers are read or refused, and nothing else`, () => {
    const next = seeded();
    const seen = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
      const changed = mutated(text, next);
      const how = outcome(() => read(changed), changed);
      seen.set(how, (seen.get(how) ?? 0) + 1);
    }
    // The control: the changes are neither all harmless nor all fatal.
    assert.ok(
      (seen.get('read') ?? 0) > rounds / 50 && (seen.get('refused') ?? 0) > rounds / 50,
      `seed ${seed}: ${JSON.stringify([...seen])}`,
    );
  });
