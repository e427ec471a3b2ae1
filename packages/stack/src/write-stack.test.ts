import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionSpec } from '@wherry/core/function';
import { readStack } from './stack-file.ts';
import { writeStack } from './write-stack.ts';

const spec = (more: Partial<FunctionSpec>): FunctionSpec => ({
  namespace: 'openfaas-fn',
  name: 'a',
  image: 'functions/alpine:latest',
  ...more,
});

test('what was written is read again as it was, whatever is in it', () => {
  const odd = {
    plain: 'text',
    yes: 'yes',
    number: '010',
    empty: '',
    variable: '${HOME} and $${HOME} and $HOME',
    lines: 'one\ntwo: three\n',
    json: '{"a": ["b"]}',
    sign: ': # - & * !',
    unicode: 'caf\u00e9 \u{1f600}',
    blanks: '  both  ',
  };
  const specs = [
    spec({ env: odd, labels: odd, annotations: odd, secrets: ['s'], envProcess: 'cat -n' }),
    spec({
      name: 'b',
      namespace: 'team',
      constraints: ['x == y'],
      limits: { memory: '1Mi' },
      requests: { cpu: '1m' },
      readOnlyRootFilesystem: true,
    }),
  ];
  const read = readStack(writeStack(specs, 'http://127.0.0.1:8080'), 'out.yaml', { HOME: 'not this' });
  assert.deepEqual(read.warnings, []);
  const [a, b] = read.functions;
  assert.deepEqual({ ...a?.environment }, odd);
  assert.deepEqual({ ...a?.labels }, odd);
  assert.deepEqual({ ...a?.annotations }, odd);
  assert.deepEqual(
    [a?.secrets, a?.fprocess, a?.image, a?.skip_build],
    [['s'], 'cat -n', 'functions/alpine:latest', true],
  );
  assert.deepEqual([b?.namespace, b?.constraints, b?.readonly_root_filesystem], ['team', ['x == y'], true]);
  assert.deepEqual([{ ...b?.limits }, { ...b?.requests }], [{ memory: '1Mi' }, { cpu: '1m' }]);
});
