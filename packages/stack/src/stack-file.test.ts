import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StackError } from './problem.ts';
import { selected } from './selection.ts';
import { readEnvironmentFile, readStack } from './stack-file.ts';

const read = (text: string, variables: Record<string, string> | undefined = {}) =>
  readStack(text, 'stack.yaml', variables);
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function refused(text: string): StackError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof StackError) return error;
    throw error;
  }
  return assert.fail(`this was read: ${text}`);
}

const whole = `version: 1.0
provider:
  name: openfaas
  gateway: http://127.0.0.1:8080
functions:
  shop:
    lang: python3-http
    handler: ./shop
    image: registry.example/shop:latest
    namespace: team-a
    fprocess: python index.py
    environment:
      write_timeout: 10
      debug: true
      ratio: 1.0
      octal: 010
      empty:
      quoted: "a: b"
    environment_file:
      - env.yml
    secrets:
      - api-key
    labels:
      com.openfaas.scale.min: 2
    annotations:
      topic: payments
      schedule: "*/5 * * * *"
    limits: {memory: 40Mi, cpu: 100m}
    requests:
      memory: 20Mi
    constraints:
      - "node.role == worker"
    readonly_root_filesystem: yes
    skip_build: true
    build_options: [dev]
    build_args:
      GO111MODULE: off
    build_secrets:
      npmrc: ./npmrc
    platforms: linux/amd64,linux/arm64
configuration:
  templates:
    - name: x
      source: https://example.com/x
  copy:
    - ./common
`;

test('every key of a stack file is read; texts are what was written', () => {
  const { gateway, functions, templates, copy, warnings } = read(whole);
  assert.deepEqual(
    [gateway, templates.length, copy, warnings],
    ['http://127.0.0.1:8080', 1, ['./common'], []],
  );
  assert.deepEqual(plain(functions), [
    {
      name: 'shop',
      lang: 'python3-http',
      handler: './shop',
      image: 'registry.example/shop:latest',
      namespace: 'team-a',
      fprocess: 'python index.py',
      environment: {
        write_timeout: '10',
        debug: 'true',
        ratio: '1.0',
        octal: '010',
        empty: '',
        quoted: 'a: b',
      },
      environment_file: ['env.yml'],
      secrets: ['api-key'],
      labels: { 'com.openfaas.scale.min': '2' },
      annotations: { topic: 'payments', schedule: '*/5 * * * *' },
      limits: { memory: '40Mi', cpu: '100m' },
      requests: { memory: '20Mi' },
      constraints: ['node.role == worker'],
      readonly_root_filesystem: true,
      skip_build: true,
      build_options: ['dev'],
      build_args: { GO111MODULE: 'off' },
      build_secrets: { npmrc: './npmrc' },
      platforms: 'linux/amd64,linux/arm64',
    },
  ]);
});

test('older files work: provider faas, lang python, no version, nulls', () => {
  const { functions } = read(`provider:
  name: faas
  gateway: http://localhost:8080
  network: func_functions
functions:
  old:
    lang: python
    handler: ./old
    environment: ~
    labels:
`);
  assert.deepEqual(plain(functions), [{ name: 'old', lang: 'python', handler: './old' }]);
});

test('variables are put in, unless nobody wants that', () => {
  const text = 'functions:\n  ${NAME:-shop}:\n    image: ${REGISTRY}/x:${TAG:=latest}\n';
  assert.equal(read(text, { REGISTRY: 'r.example' }).functions[0]?.image, 'r.example/x:latest');
  const kept = readStack('functions:\n  a:\n    image: x:${TAG}\n', 'stack.yaml', undefined);
  assert.equal(kept.functions[0]?.image, 'x:${TAG}');
});

test('anchors, aliases and merge keys mean what they mean in YAML; what is nearer counts more', () => {
  const { functions } = read(`x-base: &base
  lang: node
  environment: &env
    A: "1"
    B: "2"
functions:
  a:
    <<: *base
    handler: ./a
    environment:
      <<: *env
      B: "3"
  b: {<<: *base, handler: ./b}
`);
  assert.deepEqual(plain(functions), [
    { name: 'a', lang: 'node', environment: { A: '1', B: '3' }, handler: './a' },
    { name: 'b', lang: 'node', environment: { A: '1', B: '2' }, handler: './b' },
  ]);
});

test('mistakes are told all at once, each with its place and what to write instead', () => {
  const { problems, message, excerpts } = refused(`version: 2.0
provider:
  name: docker
functions:
  Shop_1:
    image: x
  good:
    handler: ./good
    enviroment:
      A: b
    secrets: api-key
    readonly_root_filesystem: perhaps
`);
  assert.deepEqual(
    problems.map(({ what, line, column, next }) => [line, column, what, next]),
    [
      [1, 10, 'version: "2.0" is not 1.0', undefined],
      [3, 9, 'provider.name: "docker" is not openfaas', undefined],
      [
        5,
        3,
        'functions: "Shop_1" is not 1 to 63 of a-z, 0-9 and "-", beginning and ending with a letter or digit',
        undefined,
      ],
      [9, 5, 'functions.good: "enviroment" is not known here', 'Did you mean environment?'],
      [11, 14, 'functions.good.secrets: a list is expected here', undefined],
      [12, 31, 'functions.good.readonly_root_filesystem: true or false is expected here', undefined],
    ],
  );
  assert.match(message, /^stack\.yaml:1:10: version/);
  assert.equal(excerpts[3], '8 |     handler: ./good\n9 |     enviroment:\n  |     ^');
});

test('keys that nobody knows have no effect and are told; those that begin with x- are one’s own', () => {
  const { warnings } = read('x-mine: 1\nfunctions:\n  a:\n    image: x\n    scale_from_mars: 1\n');
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0]?.what ?? '',
    /functions\.a: "scale_from_mars" is not known here and has no effect/,
  );
  assert.deepEqual([warnings[0]?.line, warnings[0]?.column], [5, 5]);
});

test('a file without functions, and a function with nothing to deploy, say so', () => {
  assert.match(refused('').message, /there are no functions/);
  assert.match(refused('functions:\n').message, /there are no functions/);
  assert.match(refused('- a\n- b\n').message, /a map of keys and values is expected/);
  assert.match(
    refused('functions:\n  a:\n    lang: node\n').message,
    /stack\.yaml:3:5: functions\.a: neither handler nor image/,
  );
});

test('what is no YAML, or no such variable, is told with its line', () => {
  for (const [text, place] of [
    ['functions:\n  a:\n    image: "x\n', /stack\.yaml:[34]:/],
    ['functions:\n  a: {image: x}\n  a: {image: y}\n', /stack\.yaml:3:3: .*unique/],
    ['functions:\n\ta: 1\n', /stack\.yaml:2:1/],
    ['functions:\n  a:\n    image: ${X-y}\n', /stack\.yaml:3:15: "-" is no operation/],
    ['a: *nothing\n', /stack\.yaml:1:/],
  ] as const)
    assert.match(refused(text).message, place, text);
});

test('hostile files end soon and harm nobody', () => {
  const laughs = Array.from(
    { length: 12 },
    (_, n) =>
      `x-${n}: &a${n} [${Array(10)
        .fill(n === 0 ? 'x' : `*a${n - 1}`)
        .join(', ')}]`,
  );
  const bomb = `${laughs.join('\n')}\nfunctions:\n  a:\n    image: x\n    secrets: *a11\n`;
  assert.match(refused(bomb).message, /aliases stand for too much|a text is expected/);
  assert.match(
    refused('functions: &f\n  a: {image: x, environment: {b: *f}}\n').message,
    /a text is expected/,
  );
  assert.match(refused(`functions:\n  a:\n    image: ${'x'.repeat(2 ** 20)}\n`).message, /longer than/);
  assert.match(refused(`${'['.repeat(5000)}`).message, /stack\.yaml:/);
  const { functions } = read('functions:\n  constructor:\n    image: x\n    labels: {__proto__: polluted}\n');
  assert.equal(functions[0]?.name, 'constructor');
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  assert.equal(JSON.stringify(functions[0]?.labels), '{"__proto__":"polluted"}');
});

test('a file of environment variables is read by the same rules', () => {
  assert.deepEqual(plain(readEnvironmentFile('environment:\n  A: 1\n  B: off\n', 'env.yml')), {
    A: '1',
    B: 'off',
  });
  assert.deepEqual(readEnvironmentFile('', 'env.yml'), {});
  assert.throws(() => readEnvironmentFile('environment: [A]\n', 'env.yml'), /env\.yml:1:14/);
});

test('functions are chosen by a pattern or a regular expression', () => {
  const functions = ['shop', 'shop-admin', 'mail'].map((name) => ({ name }));
  const names = (wanted: { filter?: string; regex?: string }) =>
    selected(functions, wanted).map(({ name }) => name);
  assert.deepEqual(names({ filter: 'shop*' }), ['shop', 'shop-admin']);
  assert.deepEqual(names({ filter: 'm?il' }), ['mail']);
  assert.deepEqual(names({ filter: 's.op' }), []);
  assert.deepEqual(names({ regex: '^(shop|mail)$' }), ['shop', 'mail']);
  assert.deepEqual(names({}), ['shop', 'shop-admin', 'mail']);
  assert.throws(() => names({ regex: '(' }), SyntaxError);
});
