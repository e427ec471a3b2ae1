// Bodies, queries and headers of strangers at every route that takes some: no answer is our own failure, and the gateway goes on.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { seed, seeded } from '@wherry/testkit/seeded';
import { type Route, routes } from '@wherry/wire/routes';
import { Gateway } from '../e2e/gateway.ts';

const rounds = 60;
const gateway = await Gateway.start({ after });
await gateway.deploy({ name: 'hello', files: { 'handler.js': 'module.exports = () => "hello";' } });

const keys = [
  ...[
    'service',
    'image',
    'namespace',
    'envProcess',
    'envVars',
    'labels',
    'annotations',
    'secrets',
    'constraints',
    'limits',
    'requests',
  ],
  ...[
    'functionName',
    'replicas',
    'serviceName',
    'name',
    'value',
    'rawValue',
    'alerts',
    'status',
    'receiver',
    'scopes',
    'functions',
    'expiresInSeconds',
  ],
  ...[
    'com.wherry.network',
    'com.wherry.routes',
    'com.wherry.headers',
    'com.openfaas.scale.min',
    'com.wherry.timeout',
    'memory',
    'cpu',
    '__proto__',
    '',
    'é',
  ],
];
const texts = [
  ...[
    'hello',
    'functions/alpine',
    'x',
    '',
    '../..',
    'a.b',
    'openfaas-fn',
    'nowhere',
    '\0',
    '\u202e',
    '\ud800',
    'a'.repeat(300),
    '1',
    '-1',
    '1e999',
    '64Mi',
  ],
  ...[
    'internet',
    'db:5432',
    '/shop',
    'x.example.com',
    'secure',
    'read',
    '*',
    'YQ==',
    '!!',
    '2026-01-01T00:00:00Z',
    'true',
    'firing',
  ],
];

/** A value of JSON, of keys and texts that mean something and of those that do not. */
function value(next: () => number, depth = 0): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const kind = Math.floor(next() * (depth > 3 ? 4 : 6));
  if (kind < 2) return pick(texts);
  if (kind === 2) return pick([0, 1, -1, 3, 1e21, 0.5, 2 ** 53]);
  if (kind === 3) return pick([true, false, null]);
  if (kind === 4) return Array.from({ length: Math.floor(next() * 4) }, () => value(next, depth + 1));
  return Object.fromEntries(
    Array.from({ length: Math.floor(next() * 6) }, () => [pick(keys), value(next, depth + 1)]),
  );
}

function body(next: () => number): string {
  const whole = JSON.stringify(value(next, next() < 0.8 ? -1 : 0));
  const kind = next();
  if (kind < 0.1) return whole.slice(0, Math.floor(next() * whole.length));
  if (kind < 0.15) return `${whole}${whole}`;
  return kind < 0.2
    ? Buffer.from(whole)
        .map((byte) => (next() < 0.02 ? 255 : byte))
        .toString()
    : whole;
}

/** What would end this test, takes all others along, or never ends. */
const leftOut = new Set([
  '/system/secrets/rotate-key',
  '/system/tokens/{name}/rotate',
  '/system/logs',
  '/system/events',
]);

for (const [key, route] of Object.entries(routes).filter(([, { path }]) => !leftOut.has(path)))
  test(`${key}: ${route.method} ${route.path}`, async () => {
    const next = seeded();
    for (let round = 0; round < rounds; round++) {
      const sent = body(next);
      const answer = await send(route, next, sent);
      const text = await answer.text();
      assert.ok(
        answer.status < 500 || answer.headers.get('x-wherry-error') === 'alert_failed' || allowed(text),
        `seed ${seed}: ${answer.status} ${text}\n${sent}`,
      );
    }
    assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
  });

/** A function that was deployed so as not to work: that is told by 502 to 504, and is its own doing. */
function allowed(text: string): boolean {
  return /\((?:function_\w+|start_failed|deploy_failed|network_unavailable|memory_full)\)/.test(text);
}

function send(route: Route, next: () => number, sent: string): Promise<Response> {
  const pick = (): string =>
    encodeURIComponent((texts[Math.floor(next() * texts.length)] ?? '').toWellFormed()) || 'x';
  const path = route.path.replace(/\{\w+\}/g, () => pick()).replace(/\*$/, () => pick());
  const query = next() < 0.5 ? '' : `?namespace=${pick()}&${pick()}=${pick()}&tail=${pick()}&usage=${pick()}`;
  const method = route.method === 'ANY' ? 'POST' : route.method;
  const types = [
    'application/json',
    'text/plain',
    '',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
  ];
  const type = types[Math.floor(next() * types.length)] ?? '';
  const headers = { ...gateway.admin, ...(type === '' ? {} : { 'content-type': type }) };
  return fetch(`${gateway.url}${path}${query}`, {
    method,
    headers,
    redirect: 'manual',
    ...(method === 'GET' ? {} : { body: sent }),
  });
}
