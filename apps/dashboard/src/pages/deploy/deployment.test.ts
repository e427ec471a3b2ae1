import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploymentOf, differences } from './deployment.ts';

const status = {
  name: 'shop',
  namespace: 'openfaas-fn',
  image: 'wherry.local/shop@sha256:0',
  labels: { faas_function: 'shop', team: 'a' },
  annotations: {},
  envVars: { A: '1' },
  replicas: 1,
  availableReplicas: 1,
  createdAt: '',
};
const deployed = deploymentOf(status);

test('what is deployed is what was asked for, without what the gateway adds', () => {
  assert.deepEqual(deployed, {
    service: 'shop',
    namespace: 'openfaas-fn',
    image: 'wherry.local/shop@sha256:0',
    envVars: { A: '1' },
    labels: { team: 'a' },
  });
});

test('each value that would change is told, and nothing that would not', () => {
  assert.deepEqual(differences(deployed, deployed), []);
  const { labels: _, ...rest } = deployed;
  assert.deepEqual(
    differences(deployed, {
      ...rest,
      envVars: { A: '2', B: '' },
      secrets: ['key'],
      limits: { memory: '1Gi' },
    }),
    [
      { what: 'environment A', was: '1', is: '2' },
      { what: 'environment B', was: undefined, is: '' },
      { what: 'labels team', was: 'a', is: undefined },
      { what: 'secrets key', was: undefined, is: 'listed' },
      { what: 'limits memory', was: undefined, is: '1Gi' },
    ],
  );
});
