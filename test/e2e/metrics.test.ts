import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Gateway } from './gateway.ts';
import { noPrometheus, prometheus, query } from './prometheus.ts';

const gateway = await Gateway.start({ after });
const metrics = async (): Promise<string> => (await fetch(`${gateway.metricsUrl}/metrics`)).text();
const answers = {
  'handler.js':
    'module.exports = async (event, context) => context.status(Number(event.query.code ?? 200)).succeed("x");',
};

test('Prometheus scrapes the metrics, and its counts are the client’s', {
  skip: noPrometheus,
  timeout: 60_000,
}, async (t) => {
  await gateway.deploy({ name: 'counted', files: answers });
  await gateway.system('POST', '/system/namespace/', { name: 'team-a' });
  await gateway.deploy({ name: 'counted', files: answers, spec: { namespace: 'team-a' } });
  const url = await prometheus(t, gateway.metricsUrl);
  const sent: Readonly<Record<string, number>> = { '200': 7, '404': 3, '500': 2 };
  for (const [code, times] of Object.entries(sent))
    for (let n = 0; n < times; n++) await (await gateway.call('counted', {}, `?code=${code}`)).arrayBuffer();
  await gateway.said('counted.team-a');
  const byCode = async (name: string): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await query(url, `gateway_function_invocation_total{function_name="${name}"}`)).map(
        ({ metric, value }) => [metric['code'], Number(value[1])],
      ),
    );
  // The next scrape brings them; the test's own time ends what never comes.
  while (JSON.stringify(await byCode('counted.openfaas-fn')) !== JSON.stringify(sent));
  assert.deepEqual(await byCode('counted.team-a'), { '200': 1 });
  const [sum] = await query(url, 'sum by (function_name) (gateway_function_invocation_total)');
  assert.match(sum?.metric['function_name'] ?? '', /^counted\./);
  const [rate] = await query(url, 'histogram_quantile(0.9, sum by (le) (gateway_functions_seconds_bucket))');
  assert.ok(Number(rate?.value[1]) > 0);
  const up = await query(url, 'up');
  assert.deepEqual(
    up.map(({ value }) => value[1]),
    ['1'],
    'all of the exposition is understood',
  );
});

test('the API’s own requests are counted by route, not by path', async () => {
  await (await gateway.system('GET', '/system/function/no-such-thing')).text();
  const text = await metrics();
  assert.match(
    text,
    /^http_requests_total\{method="GET",path="\/system\/function\/\{name\}",status="404"\} 1$/m,
  );
  assert.match(
    text,
    /^http_request_duration_seconds_count\{method="POST",path="\/system\/functions",status="202"\} \d+$/m,
  );
  assert.doesNotMatch(text, /no-such-thing/);
});

test('an alert asks for more instances, its end for the least', async () => {
  const labels = { 'com.openfaas.scale.max': '4', 'com.openfaas.scale.factor': '50' };
  await gateway.deploy({ name: 'busy', files: answers, spec: { labels } });
  await gateway.deploy({
    name: 'fixed',
    files: answers,
    spec: { labels: { 'com.openfaas.scale.min': '2', 'com.openfaas.scale.max': '2' } },
  });
  const alert = async (status: string, ...names: string[]) => {
    const alerts = names.map((name) => ({
      status,
      labels: { alertname: 'APIHighInvocationRate', function_name: name },
    }));
    const response = await gateway.system('POST', '/system/alert', { status, receiver: 'scale-up', alerts });
    return { status: response.status, text: await response.text() };
  };
  const replicas = async (name: string) =>
    ((await (await gateway.system('GET', `/system/function/${name}`)).json()) as { replicas: number })
      .replicas;
  assert.equal((await alert('firing', 'busy', 'fixed')).status, 200);
  assert.deepEqual([await replicas('busy'), await replicas('fixed')], [3, 2]);
  await alert('firing', 'busy.openfaas-fn');
  assert.equal(await replicas('busy'), 4, 'never more than the most');
  await alert('resolved', 'busy');
  assert.equal(await replicas('busy'), 1);
  const partly = await alert('firing', 'nobody', 'busy');
  assert.equal(partly.status, 500);
  assert.match(partly.text, /nobody\.openfaas-fn is not deployed here/);
  assert.equal(await replicas('busy'), 3, 'the others are scaled all the same');
  for (const body of [
    {},
    { alerts: [{}] },
    { alerts: [{ status: 'firing', labels: { function_name: '../x' } }] },
  ])
    assert.equal((await gateway.system('POST', '/system/alert', body)).status, 400);
  assert.deepEqual(await (await gateway.system('GET', '/system/telemetry')).json(), {});
});

/** A real Prometheus that scrapes the gateway ten times a second. */
test('what the instances of a function use; its processor time does not fall when they end', async () => {
  const busy =
    'module.exports = (event, context) => { const from = process.cpuUsage(); while (process.cpuUsage(from).user < 300_000); return context.succeed("x"); };';
  await gateway.deploy({ name: 'uses', files: { 'handler.js': busy } });
  await gateway.said('uses');
  const value = async (name: string): Promise<number> =>
    Number(
      new RegExp(
        `^${name}\\{function_name="uses\\.openfaas-fn",namespace="openfaas-fn"\\} (\\S+)$`,
        'm',
      ).exec(await metrics())?.[1],
    );
  if (/^ +isolation +none/m.test(gateway.output) || (await value('pod_memory_working_set_bytes')) === 0)
    return assert.equal(
      await value('pod_cpu_usage_seconds_total'),
      0,
      'without control groups nobody counts',
    );
  const awake = await value('pod_cpu_usage_seconds_total');
  assert.ok(awake >= 0.25, `${awake} s`);
  // Where memory is short, the kernel takes pages of files for idle, and they count no more.
  const memory = await value('pod_memory_working_set_bytes');
  assert.ok(memory > 1e6, `${memory} bytes`);
  await gateway.system('POST', '/system/scale-function/uses', { replicas: 0 });
  while ((await value('pod_memory_working_set_bytes')) > 0);
  assert.ok((await value('pod_cpu_usage_seconds_total')) >= awake);
});
