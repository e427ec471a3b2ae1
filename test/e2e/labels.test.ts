import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Gateway } from './gateway.ts';

const gateway = await Gateway.start({ after });

test('labels and annotations come back as they were sent, and those without effect are named with the reason', async () => {
  const labels = {
    'com.openfaas.scale.type': 'cpu',
    'team.example/owner': 'Ada & co',
    'com.openfaas.scale.min': '1',
  };
  const annotations = { topic: 'a,b', schedule: '*/5 * * * *', note: '{"deep": ["json"]}' };
  await gateway.deploy({
    name: 'labelled',
    files: { 'handler.js': 'module.exports = () => "x";' },
    spec: { labels, annotations, constraints: ['gpu=yes'], limits: { memory: '64Mi', cpu: '100m' } },
  });
  const status = (await (await gateway.system('GET', '/system/function/labelled')).json()) as Record<
    string,
    unknown
  >;
  assert.deepEqual(status['labels'], { ...labels, faas_function: 'labelled' });
  assert.deepEqual(status['annotations'], annotations);
  assert.deepEqual([status['constraints'], status['limits']], [['gpu=yes'], { memory: '64Mi', cpu: '100m' }]);
  const state = (await (await gateway.system('GET', '/system/function/labelled/state')).json()) as {
    withoutEffect: { key: string; why: string }[];
  };
  assert.deepEqual(
    state.withoutEffect.map(({ key }) => key),
    ['com.openfaas.scale.type', 'topic', 'schedule', 'constraints'],
  );
  assert.match(state.withoutEffect[1]?.why ?? '', /stored, not yet in force/);
});
