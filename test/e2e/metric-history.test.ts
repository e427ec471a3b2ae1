// Numbers that outlive those who made them, asked for as one asks Prometheus.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, test } from 'node:test';
import { freshHome, Gateway } from './gateway.ts';
import { Project } from './project.ts';

const home = freshHome();
after(() => rmSync(home, { recursive: true, force: true }));
const answers = {
  'handler.js':
    'module.exports = async (event, context) => context.status(Number(event.query.code ?? 200)).succeed("x");',
};

interface Answer {
  readonly status: string;
  readonly errorType?: string;
  readonly error?: string;
  readonly data?: { readonly resultType: string; readonly result: readonly Sample[] };
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

async function ask(gateway: Gateway, query: string, headers = gateway.admin): Promise<Answer> {
  const answer = await fetch(`${gateway.url}/api/v1/query?${new URLSearchParams({ query })}`, { headers });
  return (await answer.json()) as Answer;
}

async function values(gateway: Gateway, query: string, label: string): Promise<Record<string, number>> {
  const { data, error } = await ask(gateway, query);
  assert.equal(error, undefined);
  return Object.fromEntries(
    (data?.result ?? []).map(({ metric, value }) => [metric[label], Number(value[1])]),
  );
}

test('what lived for a second is there after a restart, by function and status', {
  timeout: 60_000,
}, async (t) => {
  const first = await Gateway.start(t, { home });
  await first.deploy({ name: 'stays', files: answers });
  await first.deploy({ name: 'goes', files: answers });
  for (const [code, times] of [
    ['200', 7],
    ['404', 3],
  ] as const)
    for (let n = 0; n < times; n++) await (await first.call('stays', {}, `?code=${code}`)).arrayBuffer();
  await (await first.call('goes', {}, '?code=500')).arrayBuffer();
  await first.system('DELETE', '/system/functions', { functionName: 'goes' });
  await first.stop();

  const second = await Gateway.start(t, { home });
  const counts = await values(
    second,
    'last_over_time(gateway_function_invocation_total{function_name="stays.openfaas-fn"}[10m])',
    'code',
  );
  assert.deepEqual(counts, { '200': 7, '404': 3 });
  assert.deepEqual(
    await values(
      second,
      'last_over_time(gateway_function_invocation_total{function_name=~"goes.*"}[10m])',
      'code',
    ),
    { '500': 1 },
    'a function that was removed before a round came',
  );
  const { data } = await ask(
    second,
    'histogram_quantile(0.95, sum by (le) (last_over_time(wherry_function_seconds_bucket[10m])))',
  );
  assert.ok(Number(data?.result[0]?.value[1]) > 0);

  const project = Project.at(t, second);
  const shown = await project.did(
    'query',
    'sum by (code) (last_over_time(gateway_function_invocation_total[10m]))',
  );
  assert.match(shown.out, /code="404".* 3\b/);
  const empty = await project.did('query', 'no_such_metric');
  assert.deepEqual([empty.out, /Nothing has these numbers now/.test(empty.err)], ['', true]);
});

test('who may see one function sees its numbers, and none of others or of the gateway', {
  timeout: 60_000,
}, async (t) => {
  const gateway = await Gateway.start(t, { home });
  const made = await gateway.system('POST', '/system/tokens', {
    name: 'one',
    scopes: ['read'],
    functions: 'openfaas-fn/goes',
  });
  const { token } = (await made.json()) as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  const asked = 'count by (function_name) (last_over_time({__name__=~".+"}[10m]))';
  const { data } = await ask(gateway, asked, headers);
  assert.deepEqual(
    data?.result.map(({ metric }) => metric),
    [{ function_name: 'goes.openfaas-fn' }],
  );
  const all = await ask(gateway, asked);
  assert.ok((all.data?.result.length ?? 0) >= 3, 'the control: an admin sees both, and those of the gateway');
  const names = await fetch(`${gateway.url}/api/v1/label/function_name/values`, { headers });
  assert.deepEqual(((await names.json()) as { data: unknown }).data, ['goes.openfaas-fn']);
  assert.equal((await fetch(`${gateway.url}/api/v1/query?query=1`)).status, 401);
});

test('a form is a query too; mistakes are answered as Prometheus answers them', {
  timeout: 60_000,
}, async (t) => {
  const gateway = await Gateway.start(t);
  const posted = await fetch(`${gateway.url}/api/v1/query_range`, {
    method: 'POST',
    headers: gateway.admin,
    body: new URLSearchParams({ query: 'vector(1) + 1', start: '1000', end: '1030.5', step: '15s' }),
  });
  assert.deepEqual(await posted.json(), {
    status: 'success',
    data: {
      resultType: 'matrix',
      result: [
        {
          metric: {},
          values: [
            [1000, '2'],
            [1015, '2'],
            [1030, '2'],
          ],
        },
      ],
    },
  });
  const wrong = await fetch(`${gateway.url}/api/v1/query?query=rate(x)`, { headers: gateway.admin });
  assert.equal(wrong.status, 400);
  const { status, errorType, error } = (await wrong.json()) as Answer;
  assert.deepEqual([status, errorType], ['error', 'bad_data']);
  assert.match(error ?? '', /rate/);
  for (const bad of ['query=1&time=soon', 'query=', 'query=1&timeout=later'])
    assert.equal(
      (await fetch(`${gateway.url}/api/v1/query?${bad}`, { headers: gateway.admin })).status,
      400,
      bad,
    );
  const series = await fetch(`${gateway.url}/api/v1/series`, { headers: gateway.admin });
  assert.equal(series.status, 400, 'all series at once are refused');
  const project = Project.at(t, gateway);
  const told = await project.wherry(['query', 'rate(x)']);
  assert.notEqual(told.code, 0);
  assert.match(told.err, /query_refused/);
});
