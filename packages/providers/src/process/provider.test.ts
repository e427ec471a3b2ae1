import assert from 'node:assert/strict';
import { test } from 'node:test';
import { providerConformance } from '@wherry/testkit/provider-conformance';
import { policyOf } from '@wherry/core/rules/policy';
import { callOn, Machine, noFences } from './machine.fixtures.ts';

const missing = noFences();
const files = {
  'index.js':
    'module.exports = async (event) => (event.path === "/crash" ? process.exit(3) : `${event.path}`);',
};

for (const fence of ['best', 'util-linux', 'none'] as const) {
  if (missing !== false && fence !== 'none') {
    test(`process provider, fence ${fence}`, { skip: missing }, () => undefined);
    continue;
  }
  providerConformance(`process provider, fence ${fence}`, async () => {
    const machine = new Machine({ fence });
    return {
      provider: machine.provider,
      deployment: (version) => machine.deployment(files, {}, {}, version),
      broken: (version) => machine.deployment({ 'index.js': 'module.exports = {' }, {}, {}, version),
      async crash({ endpoint }) {
        await callOn(await machine.forwarder.open(endpoint, () => undefined), '', '/crash');
      },
      leftovers: async () => machine.leftovers(),
      dispose: () => machine.close(),
    };
  });
}

test('what cannot run here is refused by what it lacks', { skip: missing }, async () => {
  const machine = await Machine.open();
  try {
    const prepare = (image: string) => {
      const deployment = { spec: { namespace: 'openfaas-fn', name: 'f', image }, version: 1, createdAt: 0 };
      return machine.provider.prepare(deployment, policyOf(deployment.spec));
    };
    await assert.rejects(prepare('ghcr.io/openfaas/nmap:latest'), {
      code: 'image_needs_engine',
      next: /--name f/,
    });
    await assert.rejects(prepare(`wherry.local/f@sha256:${'0'.repeat(64)}`), { code: 'package_unknown' });
    const cobol = machine.deployment({ 'main.cbl': 'x' }, { runtime: 'cobol' });
    await assert.rejects(machine.start(cobol), {
      code: 'runtime_unknown',
      message: /cobol is not one of node, python/,
    });
  } finally {
    await machine.close();
  }
});

test('a machine without Python says that it is missing, and runs Node all the same', {
  skip: missing,
}, async () => {
  const machine = await Machine.open({ path: '/nowhere' });
  try {
    assert.deepEqual(
      machine.report.runtimes.map(({ name }) => name),
      ['node'],
    );
    await assert.rejects(machine.start(machine.deployment({ 'handler.py': 'def handle(req): return req' })), {
      code: 'runtime_missing',
    });
    const instance = await machine.start(machine.deployment(files));
    const channel = await machine.forwarder.open(instance.endpoint, () => undefined);
    assert.equal((await callOn(channel, '', '/x')).body, '/x');
  } finally {
    await machine.close();
  }
});

test('code that does not load is told with the function’s own words', { skip: missing }, async () => {
  const machine = await Machine.open();
  try {
    for (const [entry, text, words] of [
      ['index.js', 'throw new TypeError("no luck at all")', /no luck at all/],
      ['handler.py', 'def handle(:\n', /SyntaxError/],
      ['handler.py', 'import nothing_by_that_name', /nothing_by_that_name/],
      ['index.js', 'console.error("before the end"); process.exit(3)', /before the end/],
    ] as const) {
      await assert.rejects(
        machine.start(machine.deployment({ [entry]: text })),
        (error: { code?: string; message: string; excerpt?: string }) => {
          assert.equal(error.code, 'deploy_failed');
          assert.match(`${error.message}\n${error.excerpt}`, words);
          return true;
        },
      );
    }
    assert.equal(machine.leftovers().filter((one) => one.startsWith('process')).length, 0);
  } finally {
    await machine.close();
  }
});

test('the report says which fences stand, and names a remedy for each that does not', {
  skip: missing,
}, async () => {
  for (const [fence, level] of [
    ['best', 'full'],
    ['util-linux', 'partial'],
    ['none', 'none'],
  ] as const) {
    const machine = await Machine.open({ fence });
    assert.equal(machine.report.isolation, level, fence);
    for (const one of machine.report.fences)
      if (!one.present) assert.ok((one.remedy ?? '').length > 0, one.name);
    assert.equal(
      machine.report.fences.every(({ present }) => present),
      level === 'full',
    );
    await machine.close();
  }
});

test('a start that fails in the middle leaves nothing, says so in the catalogue’s words, and harms nobody', {
  skip: missing,
}, async () => {
  let id = 'first';
  const ids = { callId: () => '', shortId: () => id, spanId: () => '00f067aa0ba902b7', secret: () => '' };
  const machine = await Machine.open({ ids });
  try {
    const first = await machine.python();
    const before = machine.leftovers();
    // The same name again cannot be: whatever is made before that is noticed has to go.
    await assert.rejects(machine.start(machine.deployment(files)), { code: 'start_failed' });
    assert.deepEqual(machine.leftovers(), before);
    id = 'second';
    // No machine has that much; the kernel refuses the number.
    const policy = { ...policyOf({ namespace: '', name: '', image: '' }), memoryBytes: 1e30 };
    await assert.rejects(machine.provider.start(machine.deployment(files), policy), { code: 'start_failed' });
    assert.deepEqual(machine.leftovers(), before);
    assert.equal(await first.run('out = 1'), 1);
  } finally {
    await machine.close();
  }
});
