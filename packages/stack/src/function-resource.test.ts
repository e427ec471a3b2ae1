import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionResources } from './function-resource.ts';
import { StackError } from './problem.ts';

const text = `apiVersion: openfaas.com/v1
kind: Function
metadata:
  name: env
  namespace: team
spec:
  name: env
  image: ghcr.io/openfaas/alpine:latest
  handler: env
  environment:
    RATE: 1.0
    ON: yes
  labels: &labels
    com.openfaas.scale.min: 2
  annotations: *labels
  limits:
    memory: 64Mi
  secrets: [key]
  readOnlyRootFilesystem: true
---
apiVersion: v1
kind: Secret
metadata: { name: key }
---
apiVersion: example.com/v1
kind: Function
spec: { name: other, image: x }
`;

test('functions among the resources of a file, with scalars as they are spelled', () => {
  const [found, ...others] = functionResources(text, 'f.yaml');
  assert.equal(others.length, 0, 'those of others are passed over');
  assert.deepEqual(found, {
    service: 'env',
    namespace: 'team',
    image: 'ghcr.io/openfaas/alpine:latest',
    envProcess: 'env',
    envVars: { RATE: '1.0', ON: 'yes' },
    labels: { 'com.openfaas.scale.min': '2' },
    annotations: { 'com.openfaas.scale.min': '2' },
    limits: { memory: '64Mi' },
    secrets: ['key'],
    readOnlyRootFilesystem: true,
  });
});

test('a list as kubectl makes it, with keys that say nothing', () => {
  const list = `apiVersion: v1
kind: List
items:
- apiVersion: openfaas.com/v1
  kind: Function
  metadata: { name: one }
  spec:
    name: one
    image: x
    environment:
    labels:
    secrets:
`;
  assert.deepEqual(functionResources(list, 'f.yaml'), [
    {
      service: 'one',
      namespace: undefined,
      image: 'x',
      envProcess: undefined,
      readOnlyRootFilesystem: false,
    },
  ]);
});

test('what is no YAML is refused with its place, and what grows without end is not followed', () => {
  assert.throws(() => functionResources('kind: Function\n  spec: [', 'f.yaml'), StackError);
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
  for (let i = 1; i < 9; i++)
    bomb.push(
      `${'abcdefghi'[i]}: &${'abcdefghi'[i]} [${Array(9)
        .fill(`*${'abcdefghi'[i - 1]}`)
        .join(',')}]`,
    );
  assert.throws(() => functionResources(`kind: Function\n${bomb.join('\n')}`, 'f.yaml'), /alias/i);
});
