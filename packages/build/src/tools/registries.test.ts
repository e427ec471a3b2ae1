import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reachOf, registryNames } from './registries.ts';

test('each language reaches its registry and nothing else', () => {
  for (const name of registryNames) {
    const { grant, mirror } = reachOf(name, {}, {});
    assert.equal(grant.kind, 'listed');
    assert.deepEqual(
      [grant.internet, grant.functions, grant.networks.length, mirror],
      [false, false, 0, undefined],
    );
  }
  assert.deepEqual(reachOf('npm', {}, {}).grant.names, [{ name: 'registry.npmjs.org', port: 443 }]);
});

test('a mirror takes its place: the operator’s, else the one of the tool’s own variable', () => {
  const own = reachOf(
    'npm',
    { npm: 'http://npm.example.com:4873/' },
    { npm_config_registry: 'https://other.example.com' },
  );
  assert.deepEqual(own.grant.text, 'npm.example.com:4873');
  assert.equal(own.env['npm_config_registry'], 'http://npm.example.com:4873/');
  assert.equal(
    reachOf('go', {}, { GOPROXY: 'https://go.example.com|direct' }).grant.text,
    'go.example.com:443',
  );
  for (const value of ['off', 'direct', '/opt/wheels', 'file:///x'])
    assert.equal(reachOf('go', {}, { GOPROXY: value }).mirror, undefined);
});

test('of the gateway’s environment only certificates and proxies go along', () => {
  const { env, grant } = reachOf(
    'npm',
    {},
    {
      NODE_EXTRA_CA_CERTS: '/etc/ssl/x.pem',
      HTTPS_PROXY: 'http://proxy.example.com:3128',
      AWS_SECRET_ACCESS_KEY: 'no',
      NPM_TOKEN: 'no',
      PATH: '/x',
    },
  );
  assert.deepEqual(Object.keys(env).sort(), ['HTTPS_PROXY', 'NODE_EXTRA_CA_CERTS']);
  assert.match(grant.text, /proxy\.example\.com:3128/);
});
