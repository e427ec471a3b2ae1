import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageNamed, languages, manifestFor, runtimeParts } from './languages.ts';

test('OpenFaaS’s names of templates lead to a language, and to a version where one can be had', () => {
  const names: Readonly<Record<string, string>> = {
    node: 'node',
    node12: 'node',
    node18: 'node18',
    node20: 'node20',
    Node22: 'node22',
    'node20-express-service': 'node20',
    python: 'python',
    python3: 'python',
    'python27-flask': 'python',
    'python3-http-debian': 'python',
    'python3.12': 'python3.12',
    'python3.12-http': 'python3.12',
    'golang-middleware': 'go',
    'golang-http': 'go',
    go: 'go',
    java11: 'java',
    'java11-vert-x': 'java',
    java17: 'java',
    php7: 'php',
    php8: 'php',
    ruby: 'ruby',
    'ruby-http': 'ruby',
    bash: 'process',
    'node20@1.2': 'node20',
  };
  for (const [name, runtime] of Object.entries(names)) {
    const named = languageNamed(name);
    assert.ok(named !== undefined, name);
    assert.equal(manifestFor(named).runtime, runtime, name);
  }
  for (const name of ['', 'nod', 'dockerfile', 'csharp', '__proto__', 'constructor', 'python3.x', 'node-'])
    assert.equal(languageNamed(name), undefined, name);
});

test('no name means two languages', () => {
  const all = languages.flatMap(({ name, aliases }) => [name, ...aliases]);
  assert.equal(new Set(all).size, all.length);
  assert.deepEqual(runtimeParts('python3.12'), { name: 'python', version: '3.12' });
  assert.deepEqual(runtimeParts('go'), { name: 'go', version: undefined });
});
