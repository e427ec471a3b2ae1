import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { packageImage } from '@wherry/core/packages';
import { archive } from '../e2e/archive.ts';
import { Gateway } from '../e2e/gateway.ts';
import { hostileNames } from './hostile-names.ts';

const gateway = await Gateway.start({ after });
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
after(() => agent.destroy());
let image = '';

before(async () => {
  const files = { 'handler.js': 'module.exports = (event) => JSON.stringify(process.env);' };
  const manifest = { runtime: 'node', entry: 'handler.js', signature: 'event' };
  const { digest } = (await (await gateway.upload(await archive(manifest, files))).json()) as {
    digest: string;
  };
  image = packageImage('echo', digest);
  await gateway.deploy({ name: 'echo', files });
});

interface Said {
  readonly status: number;
  readonly body: string;
}

/** Sends the path as it is given, which `fetch` would not. */
function say(method: string, path: string, body?: unknown): Promise<Said> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const bytes = body === undefined ? '' : Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const headers = {
      ...gateway.admin,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(bytes),
    };
    const request = http.request({ agent, hostname, port, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    request.once('error', reject);
    request.end(bytes);
  });
}

/** One escaped segment or value, also of half a surrogate pair. */
const escaped = (name: string): string => encodeURIComponent(name.toWellFormed());
/** Only what cannot stand in a request line is escaped. */
const raw = (name: string): string =>
  name.toWellFormed().replace(/[^\x21-\x7e]/gu, (c) => encodeURIComponent(c));

/** Everything that a stranger's name could have changed. */
async function world(): Promise<unknown> {
  const names = async (path: string): Promise<string[]> =>
    ((await (await gateway.system('GET', path)).json()) as { name: string }[]).map(({ name }) => name).sort();
  const files = readdirSync(gateway.home).filter((name) => !name.includes('db-'));
  return [
    await names('/system/functions'),
    await names('/system/tokens'),
    files.sort(),
    readdirSync(`${gateway.home}/packages`).sort(),
  ];
}

/** Each with the codes it may be refused with. */
const places: Readonly<Record<string, readonly [(name: string) => Promise<Said>, RegExp]>> = {
  'the service of a new function': [
    (service) => say('POST', '/system/functions', { service, image }),
    /bad_name|bad_value/,
  ],
  'the service of an update': [
    (service) => say('PUT', '/system/functions', { service, image }),
    /bad_name|bad_value/,
  ],
  'the namespace of a new function': [
    (namespace) => say('POST', '/system/functions', { service: 'new', image, namespace: namespace || '.' }),
    /bad_name|bad_value/,
  ],
  'the name to remove': [
    (functionName) => say('DELETE', '/system/functions', { functionName }),
    /bad_name|bad_value/,
  ],
  'the namespace to remove from': [
    (namespace) => say('DELETE', '/system/functions', { functionName: 'echo', namespace: namespace || '.' }),
    /bad_name|bad_value/,
  ],
  'the namespace in the query of a removal': [
    (name) => say('DELETE', `/system/functions?namespace=${escaped(name) || '.'}`, { functionName: 'echo' }),
    /bad_name|bad_value/,
  ],
  'the name to scale': [
    (name) => say('POST', `/system/scale-function/${escaped(name)}`, { replicas: 2 }),
    /function_unknown|not_found/,
  ],
  'the namespace to scale in': [
    (namespace) => say('POST', '/system/scale-function/echo', { replicas: 2, namespace: namespace || '.' }),
    /function_unknown|bad_value/,
  ],
  'the name to look at': [
    (name) => say('GET', `/system/function/${escaped(name)}`),
    /function_unknown|not_found/,
  ],
  'the name to look at, hardly escaped': [
    (name) => say('GET', `/system/function/${raw(name)}/state`),
    /function_unknown|not_found/,
  ],
  'the namespace to look in': [
    (name) => say('GET', `/system/function/echo?namespace=${escaped(name) || '.'}`),
    /function_unknown/,
  ],
  'the namespace to list': [
    (name) => say('GET', `/system/functions?namespace=${escaped(name) || '.'}`),
    /namespace_unknown/,
  ],
  'whose logs to read': [
    (name) => say('GET', `/system/logs?name=${escaped(name)}`),
    /function_unknown|bad_query/,
  ],
  'whose calls to list': [
    (name) => say('GET', `/system/calls?function=${escaped(name) || '.'}`),
    /function_unknown/,
  ],
  'whom to call': [(name) => say('POST', `/function/${escaped(name)}`), /function_unknown|not_found/],
  'whom to call, hardly escaped': [
    (name) => say('POST', `/function/${raw(name).replaceAll(/[/?#]/g, '%2f')}`),
    /function_unknown|not_found/,
  ],
  'the namespace of whom to call': [
    (name) => say('POST', `/function/echo.${escaped(name) || '.'}`),
    /function_unknown/,
  ],
  'the name of a token': [
    (name) => say('POST', '/system/tokens', { name, scopes: ['read'] }),
    /bad_name|bad_value/,
  ],
  'the token to revoke': [
    (name) => say('DELETE', `/system/tokens/${escaped(name)}`),
    /token_unknown|not_found|method_not_allowed/,
  ],
  'the token to rotate': [
    (name) => say('POST', `/system/tokens/${escaped(name)}/rotate`),
    /token_unknown|not_found/,
  ],
  'a scope': [
    (scope) => say('POST', '/system/tokens', { name: 'new', scopes: ['read', scope] }),
    /bad_value|bad_json/,
  ],
  'a secret': [
    (secret) => say('POST', '/system/functions', { service: 'new', image, secrets: [secret] }),
    /bad_name|bad_value|secret_missing/,
  ],
  'a digest': [
    (name) => say('GET', `/system/packages/${escaped(name)}`),
    /package_unknown|package_absent|not_found|method_not_allowed/,
  ],
  'a digest in an image': [
    (name) => say('POST', '/system/functions', { service: 'new', image: `wherry.local/x@sha256:${name}` }),
    /bad_value|image_needs_engine|package_unknown/,
  ],
  'a name in an image': [
    (name) =>
      say('POST', '/system/functions', {
        service: 'new',
        image: `wherry.local/${name}@sha256:${'0'.repeat(64)}`,
      }),
    /bad_value|image_needs_engine|package_unknown/,
  ],
};

describe(`${hostileNames.length} hostile names`, () => {
  for (const [what, [attempt, rule]] of Object.entries(places)) {
    test(`as ${what}: refused with the rule, and nothing comes of it`, async () => {
      const before = await world();
      await Promise.all(
        hostileNames.map(async (name) => {
          const { status, body } = await attempt(name);
          const told = `${JSON.stringify(name.slice(0, 80))}: ${status} ${body}`;
          assert.ok(status >= 400 && status < 500, told);
          assert.match(body, rule, told);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come back
          assert.doesNotMatch(body.trimEnd(), /[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/, told);
          assert.ok(body.length < 1500, told);
        }),
      );
      assert.deepEqual(await world(), before);
    });
  }
});

test('control: a good name passes where the hostile ones did not', async () => {
  assert.equal((await say('POST', '/system/functions', { service: 'good-1', image })).status, 202);
  assert.equal((await say('GET', '/system/function/good-1.openfaas-fn')).status, 200);
  assert.equal((await say('POST', '/system/tokens', { name: 'good-1', scopes: ['read'] })).status, 200);
  assert.equal((await say('POST', '/system/tokens/good-1/rotate')).status, 200);
  assert.equal((await say('DELETE', '/system/tokens/good-1')).status, 202);
  assert.equal((await say('DELETE', '/system/functions', { functionName: 'good-1' })).status, 202);
});

test('names that every object has belong to functions and tokens that were made, and to no others', async () => {
  for (const name of [
    'constructor',
    'prototype',
    'then',
    'length',
    'size',
    'get',
    'set',
    'has',
    '0',
    'null',
    'con',
    'admin',
  ]) {
    assert.equal((await say('POST', `/function/${name}`)).status, 404, name);
    assert.equal((await say('GET', `/system/function/${name}`)).status, 404, name);
    assert.equal((await say('GET', `/system/functions?namespace=${name}`)).status, 400, name);
    assert.equal((await say('DELETE', '/system/functions', { functionName: name })).status, 404, name);
    if (name !== 'admin') assert.equal((await say('DELETE', `/system/tokens/${name}`)).status, 404, name);
  }
  for (const name of ['constructor', 'then', '0']) {
    assert.equal((await say('POST', '/system/functions', { service: name, image })).status, 202, name);
    assert.equal((await say('POST', `/function/${name}`)).status, 200, name);
    const { token } = JSON.parse((await say('POST', '/system/tokens', { name, scopes: ['read'] })).body) as {
      token: string;
    };
    const answer = await fetch(`${gateway.url}/system/info`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(answer.status, 200);
    assert.equal((await say('DELETE', '/system/functions', { functionName: name })).status, 202, name);
  }
});

test('hostile keys and values of labels, annotations and variables are kept byte for byte, and mean nothing', async () => {
  const keys = hostileNames.filter(
    (name) => name !== '' && name.isWellFormed() && !name.includes('\0') && name.length <= 500,
  );
  const strings = (list: readonly string[]): string =>
    `{${list.map((key) => `${JSON.stringify(key)}:${JSON.stringify(key)}`).join(',')}}`;
  const variables = keys.filter((name) => !name.includes('='));
  const body = Buffer.from(
    `{"service":"keys","image":${JSON.stringify(image)},"labels":${strings(keys)},"annotations":${strings(keys)},"envVars":${strings(variables)}}`,
  );
  const made = await say('POST', '/system/functions', body);
  assert.equal(made.status, 202, made.body);
  const shown = JSON.parse((await say('GET', '/system/function/keys')).body) as Record<
    string,
    Record<string, string>
  >;
  for (const key of keys) {
    assert.equal(Object.getOwnPropertyDescriptor(shown['labels'], key)?.value, key);
    assert.equal(Object.getOwnPropertyDescriptor(shown['annotations'], key)?.value, key);
  }
  const inside = JSON.parse((await say('POST', '/function/keys')).body) as Record<string, string>;
  for (const key of variables.filter((name) => name !== '__proto__'))
    assert.equal(inside[key], key, JSON.stringify(key));
  const other = JSON.parse((await say('GET', '/system/function/echo')).body) as { labels: object };
  assert.deepEqual(Object.keys(other.labels), ['faas_function']);
  assert.equal((await fetch(`${gateway.metricsUrl}/metrics`)).status, 200);
  assert.equal((await say('DELETE', '/system/functions', { functionName: 'keys' })).status, 202);
});

describe('bodies that are no deployment', () => {
  const least = { service: 'never', image: packageImage('never', '0'.repeat(64)) };
  const fields = {
    service: 'text',
    image: 'text',
    namespace: 'text',
    envProcess: 'text',
    envVars: 'map',
    labels: 'map',
    annotations: 'map',
    secrets: 'list',
    constraints: 'list',
    limits: 'object',
    requests: 'object',
    readOnlyRootFilesystem: 'flag',
  };
  const values = [
    0,
    -1,
    1.5,
    1e308,
    true,
    false,
    'x',
    ['x'],
    [1],
    [null],
    [[]],
    {},
    { x: 1 },
    { x: {} },
    { memory: 1 },
    { memory: [] },
  ];

  test('every field with values of every type: 4xx, never our own mistake', async () => {
    for (const field of Object.keys(fields)) {
      for (const value of values) {
        const { status, body } = await say('POST', '/system/functions', { ...least, [field]: value });
        assert.ok(status >= 400 && status < 500, `${field}: ${JSON.stringify(value)}: ${status} ${body}`);
      }
    }
    for (const replicas of [-1, 1.5, 1001, 1e308, '1', null, [], {}, true])
      assert.equal(
        (await say('POST', '/system/scale-function/echo', { replicas })).status,
        400,
        String(replicas),
      );
    for (const expiresInSeconds of [0, -1, 1.5, 1e308, '1', [], {}, true])
      assert.equal(
        (await say('POST', '/system/tokens', { name: 'never', scopes: ['read'], expiresInSeconds })).status,
        400,
      );
    for (const functions of ['', 'a/b/c', '**', '*a', 'a*b', 'A', '../*', 'a b', ' ', '*/*/*'])
      assert.ok(
        (await say('POST', '/system/tokens', { name: 'never', scopes: ['read'], functions })).status === 400,
        functions,
      );
  });

  test('numbers, sizes and times that are none, or more than the machine', async () => {
    const bad = [
      '-1',
      '0',
      '1e999',
      '9'.repeat(400),
      'NaN',
      'Infinity',
      '0x10',
      ' 1',
      '1 Mi',
      '1Xi',
      '',
      '１２８Mi',
      '1Mi\n',
      `1${'0'.repeat(30)}Gi`,
    ];
    for (const memory of bad.filter((text) => text !== '')) {
      const { status, body } = await say('POST', '/system/functions', {
        ...least,
        image,
        limits: { memory },
      });
      assert.equal(status, 400, `${memory}: ${body}`);
    }
    for (const annotation of [
      'timeout',
      'idle',
      'processes',
      'scratch',
      'concurrency',
      'network',
      'visibility',
    ]) {
      for (const text of bad) {
        const annotations = { [`com.wherry.${annotation}`]: text };
        const { status, body } = await say('POST', '/system/functions', { ...least, image, annotations });
        assert.equal(status, 400, `${annotation}: ${JSON.stringify(text)}: ${body}`);
      }
    }
  });

  const bytes: Readonly<Record<string, Buffer>> = {
    nothing: Buffer.alloc(0),
    blanks: Buffer.from(' \n\t '),
    'no JSON': Buffer.from('service=never&image=x'),
    'half of it': Buffer.from('{"service":"never","image":"x"'),
    'two of it': Buffer.from(JSON.stringify(least).repeat(2)),
    'JSON with a comment': Buffer.from('{"service":"never",/**/"image":"x"}'),
    'a byte that is no UTF-8': Buffer.from('{"service":"never","image":"\xff"}', 'latin1'),
    'an overlong slash': Buffer.from('{"service":"..\xc0\xaf","image":"x"}', 'latin1'),
    'UTF-16': Buffer.from(`\ufeff${JSON.stringify(least)}`, 'utf16le'),
    'half a surrogate pair, escaped': Buffer.from('{"service":"never","image":"\\ud800"}'),
    'a NUL behind it': Buffer.from(`${JSON.stringify(least)}\0`),
    gzip: Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]),
    'a form with a file': Buffer.from(
      '--x\r\nContent-Disposition: form-data; name="service"\r\n\r\nnever\r\n--x--\r\n',
    ),
    YAML: Buffer.from('service: never\nimage: x\n'),
    null: Buffer.from('null'),
    'a number': Buffer.from('1'),
    'a list': Buffer.from(`[${JSON.stringify(least)}]`),
    '100,000 lists in each other': Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)),
    '100,000 objects in each other': Buffer.from('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)),
    'nesting that hides in text': Buffer.from(`{"service":"\\"${'['.repeat(50_000)}","image":"x"}`),
    '100,000 keys': Buffer.from(`{${Array.from({ length: 100_000 }, (_, i) => `"${i}":1`).join(',')}}`),
    '50,000 labels': Buffer.from(
      `{"service":"never","image":"x","labels":{${Array.from({ length: 50_000 }, (_, i) => `"k${i}":""`).join(',')}}}`,
    ),
    'one huge number': Buffer.from(`{"service":${'9'.repeat(500_000)}}`),
    'one huge text': Buffer.from(`{"service":"${'a'.repeat(1_000_000)}"}`),
    'a prototype': Buffer.from(
      '{"__proto__":{"service":"never","image":"x","scopes":["admin"],"name":"never"}}',
    ),
    'a constructor': Buffer.from(
      '{"constructor":{"prototype":{"service":"never","image":"x","name":"never"}}}',
    ),
  };
  for (const [what, body] of Object.entries(bytes)) {
    test(`${what}: 400 or 413, at once`, async () => {
      for (const [method, path] of [
        ['POST', '/system/functions'],
        ['PUT', '/system/functions'],
        ['DELETE', '/system/functions'],
        ['POST', '/system/scale-function/echo'],
        ['POST', '/system/tokens'],
      ] as const) {
        const started = performance.now();
        const said = await say(method, path, body);
        assert.ok(
          [400, 413].includes(said.status),
          `${method} ${path}: ${said.status} ${said.body.slice(0, 300)}`,
        );
        assert.ok(performance.now() - started < 10_000);
        assert.ok(said.body.length < 2000, 'it is not given back whole');
      }
    });
  }

  test('nothing of that was made', async () => {
    const made = JSON.stringify(await world());
    assert.doesNotMatch(made, /never|planted/);
    assert.match(made, /echo/);
  });
});

test('query parameters that are none: 422 with the parameter, or left alone', async () => {
  const bad = ['-', 'x', '1.5', '1e3', '0x1', '9999999999', '２', '1;2', '[]', '%00'];
  for (const text of bad) {
    assert.equal((await say('GET', `/system/calls?limit=${encodeURIComponent(text)}`)).status, 422, text);
    assert.equal(
      (await say('GET', `/system/logs?name=echo&tail=${encodeURIComponent(text)}`)).status,
      422,
      text,
    );
    assert.equal(
      (await say('GET', `/system/logs?name=echo&since=${encodeURIComponent(text)}`)).status,
      422,
      text,
    );
  }
  for (const query of [
    'limit[]=1',
    'limit=1&limit=2',
    'id=%27%20OR%201=1',
    `id=${'a'.repeat(10_000)}`,
    '__proto__=1',
    '&&&',
    '%',
    '=',
    '%ff',
  ])
    assert.equal((await say('GET', `/system/calls?${query}`)).status, 200, query);
  const many = Array.from({ length: 10_000 }, (_, i) => `a${i}`).join('&');
  assert.equal((await say('GET', `/system/functions?${many}`)).status, 200);
});
