import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unknownKeys, withoutEffect } from './known-keys.ts';

const spec = { namespace: 'openfaas-fn', name: 'a', image: 'x' };

test('what is kept and does nothing is told with the reason; what is in force, and what others use, is not', () => {
  const found = withoutEffect({
    ...spec,
    labels: {
      'com.openfaas.scale.min': '1',
      'com.openfaas.scale.type': 'cpu',
      'com.openfaas.scale.mn': '1',
      'com.openfaas.git-sha': 'abc',
      'team.example/owner': 'me',
    },
    annotations: {
      topic: 'payments',
      schedule: '* * * * *',
      'com.openfaas.retry.attempts': '3',
      'com.openfaas.queue': 'slow',
      'com.openfaas.health.http.path': '/healthz',
      'com.openfaas.profile': 'gvisor',
      'com.wherry.timeout': '5s',
      'com.wherry.unheard-of': 'x',
      'prometheus.io.scrape': 'true',
    },
    constraints: ['node=1'],
    requests: { memory: '1Mi', cpu: '1m' },
  });
  assert.deepEqual(
    found.map(({ key, why }) => `${key}: ${why.split(/[:;] /)[0]}`),
    [
      'com.openfaas.scale.mn: not known here',
      'schedule: needs the topic cron-function beside it',
      'com.openfaas.queue: every function has a queue of its own here',
      'com.openfaas.health.http.path: an instance is ready when its code has loaded, and replaced when it does not answer',
      'com.openfaas.profile: has a meaning on Kubernetes only',
      'com.wherry.unheard-of: not known here',
      'prometheus.io.scrape: functions are not scraped',
      'constraints: there is one machine here, and no choice',
      'requests.cpu: processors are shared alike',
    ],
  );
  assert.match(found[0]?.why ?? '', /did you mean com\.openfaas\.scale\.min\?/);
  const misspelt = { 'com.wherry.captur': 'all', 'com.openfaas.queue': 'slow', 'team.example/captur': 'x' };
  assert.deepEqual(unknownKeys({ ...spec, annotations: misspelt }), [
    { key: 'com.wherry.captur', why: 'not known here; did you mean com.wherry.capture?' },
  ]);
  assert.deepEqual(withoutEffect(spec), []);
  const annotations = { topic: 'payments, cron-function', schedule: '* * * * *' };
  assert.deepEqual(withoutEffect({ ...spec, annotations }), []);
});
