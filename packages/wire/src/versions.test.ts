import assert from 'node:assert/strict';
import test from 'node:test';
import type { Deployment, FunctionRecord } from '@wherry/core/function';
import type { ErrorCode } from '@wherry/core/errors';
import { aliasRequest, canaryRequest, rollbackRequest } from './schemas.ts';
import {
  decodeAlias,
  decodeCanary,
  decodeRollback,
  decodeTrial,
  encodeSticky,
  parseSticky,
} from './version-requests.ts';
import { encodeVersions } from './versions.ts';

const query = (text: string) => new URLSearchParams(text);
const refused = (code: ErrorCode, run: () => unknown) => assert.throws(run, { code });

test('a share is a whole number of per cent, and stickiness needs one', () => {
  assert.equal(decodeTrial(query('namespace=x')), undefined);
  assert.deepEqual(decodeTrial(query('canary=0')), { percent: 0 });
  assert.deepEqual(decodeTrial(query('canary=10&sticky=cookie:Sid')), {
    percent: 10,
    sticky: { by: 'cookie', name: 'Sid' },
  });
  for (const text of [
    'canary=101',
    'canary=-1',
    'canary=1.5',
    'canary=ten',
    'sticky=client',
    'canary=1&sticky=ip',
  ])
    refused('bad_query', () => decodeTrial(query(text)));
});

test('stickiness is spelt one way, and the names of headers do not depend on case', () => {
  for (const text of ['client', 'header:x-user', 'cookie:Sid'])
    assert.equal(encodeSticky(parseSticky(text) ?? assert.fail(text)), text);
  assert.deepEqual(parseSticky('header:X-User'), { by: 'header', name: 'x-user' });
  for (const text of [
    '',
    'ip',
    'header',
    'header:',
    'cookie:a b',
    'cookie:a;b',
    'header:x\r\ny',
    `header:${'x'.repeat(129)}`,
  ])
    assert.equal(parseSticky(text), undefined, JSON.stringify(text));
});

test('decoders and schemas of versions agree', () => {
  const cases: [
    object,
    boolean,
    (body: unknown) => unknown,
    { safeParse(body: unknown): { success: boolean } },
  ][] = [
    [{}, true, decodeRollback, rollbackRequest],
    [{ version: 3 }, true, decodeRollback, rollbackRequest],
    [{ version: 0 }, false, decodeRollback, rollbackRequest],
    [{ version: '3' }, false, decodeRollback, rollbackRequest],
    [{ percent: 0 }, true, decodeCanary, canaryRequest],
    [{ percent: 100, sticky: 'client' }, true, decodeCanary, canaryRequest],
    [{}, false, decodeCanary, canaryRequest],
    [{ percent: 101 }, false, decodeCanary, canaryRequest],
    [{ percent: 1, sticky: 'ip' }, false, decodeCanary, canaryRequest],
    [{ shares: [{ version: 1 }] }, true, (body) => decodeAlias('a', body), aliasRequest],
    [{ shares: [{ version: 1, weight: 1000 }] }, true, (body) => decodeAlias('a', body), aliasRequest],
    [{ shares: [{ version: 1, weight: 0 }] }, false, (body) => decodeAlias('a', body), aliasRequest],
    [{ shares: [] }, false, (body) => decodeAlias('a', body), aliasRequest],
    [
      { shares: Array.from({ length: 11 }, (_, n) => ({ version: n + 1 })) },
      false,
      (body) => decodeAlias('a', body),
      aliasRequest,
    ],
  ];
  for (const [body, good, decode, schema] of cases) {
    assert.equal(schema.safeParse(body).success, good, JSON.stringify(body));
    if (good) decode(body);
    else assert.throws(() => decode(body), JSON.stringify(body));
  }
  refused('bad_value', () => decodeAlias('a', { shares: [{ version: 1 }, { version: 1 }] }));
  for (const name of ['3', '3d', 'A', 'a.b', '', 'a@b'])
    refused('bad_name', () => decodeAlias(name, { shares: [{ version: 1 }] }));
});

test('a list of versions says who is what and what changed, and no value of a variable', () => {
  const version = (number: number, env: Record<string, string>): Deployment => ({
    spec: { namespace: 'openfaas-fn', name: 'hello', image: `image:${number}`, env },
    version: number,
    createdAt: 0,
  });
  const record: FunctionRecord = {
    namespace: 'openfaas-fn',
    name: 'hello',
    revision: 9,
    active: version(3, { TOKEN: 'sesame' }),
    kept: [version(4, { TOKEN: 'open' }), version(2, {}), version(1, {})],
    canary: { version: 4, percent: 10, sticky: { by: 'client' } },
    aliases: [{ name: 'old', shares: [{ version: 1, weight: 2 }] }],
    withdrawn: [2],
    createdAt: 0,
  };
  const now = () => ({ status: 'asleep' as const, instances: 0, calls: 4, failures: 1, totalMs: 8 });
  const list = encodeVersions({ record, now });
  assert.deepEqual(
    list.versions.map(({ version: number, role, percent, against }) => [number, role, percent, against]),
    [
      [4, 'canary', 10, 3],
      [3, 'live', 90, 2],
      [2, 'withdrawn', 0, 1],
      [1, 'kept', 0, undefined],
    ],
  );
  assert.deepEqual(list.versions[0]?.changes, [{ what: 'image' }, { what: 'env', changed: ['TOKEN'] }]);
  assert.deepEqual(
    [list.versions[3]?.aliases, list.canary],
    [[{ name: 'old', weight: 2 }], { version: 4, percent: 10, sticky: 'client' }],
  );
  assert.equal(list.versions[0]?.meanMs, 2);
  assert.doesNotMatch(JSON.stringify(list), /sesame|open"/);
});
