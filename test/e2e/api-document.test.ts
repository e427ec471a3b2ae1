import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Route, routes } from '@wherry/wire/routes';
import { Gateway } from './gateway.ts';

const gateway = await Gateway.start({ after });

test('the document of the API names every route with what it needs, to everybody', async () => {
  const response = await fetch(`${gateway.url}/openapi.json`);
  assert.equal(response.headers.get('content-type'), 'application/json');
  const { openapi, paths } = (await response.json()) as {
    openapi: string;
    paths: Record<string, Record<string, { security: { token?: string[] }[]; requestBody?: object }>>;
  };
  assert.equal(openapi, '3.1.0');
  for (const { method, path, access } of Object.values(routes) as Route[]) {
    const found = paths[path.replace('*', '{path}')]?.[method === 'ANY' ? 'post' : method.toLowerCase()];
    assert.ok(found !== undefined, `${method} ${path}`);
    assert.deepEqual(found.security[0]?.token, access === 'public' ? undefined : [access], path);
  }
  assert.ok(paths['/system/functions']?.['post']?.requestBody);
});

test('and there is a page for people, which runs no script and takes nothing from elsewhere', async () => {
  const response = await fetch(`${gateway.url}/api/`);
  const page = await response.text();
  assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  assert.match(page, /<code>\/system\/secrets<\/code>/);
  assert.doesNotMatch(page, /<script|src=|https?:\/\//);
});
