import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planOf } from './context.ts';
import { readDockerfile } from './dockerfile.ts';
import { readTemplate } from './template-lines.ts';

test('what a Dockerfile sets is what its last stage has, variables filled in', () => {
  const facts = readDockerfile(`# syntax=docker/dockerfile:1
ARG NODE=22
FROM node:\${NODE}-alpine AS base
ENV A=1 B="two words" C='$A'
ENV OLD the old form
# a comment \\
FROM --platform=$BUILDPLATFORM golang:1.24 as build
ENV HIDDEN=1
RUN go build \\
    -o handler \\
    .
FROM base
ARG MODE=http
ENV mode=\${MODE} \\
    fprocess="node index.js" PATHS=\${A}:\${NONE:-x}
CMD ["fwatchdog"]
`);
  assert.deepEqual(facts.bases, ['node:22-alpine', 'golang:1.24', 'node:22-alpine']);
  assert.deepEqual(facts.env, {
    A: '1',
    B: 'two words',
    C: '1',
    OLD: 'the old form',
    mode: 'http',
    fprocess: 'node index.js',
    PATHS: '1:x',
  });
  assert.deepEqual(facts.command, ['fwatchdog']);
  assert.deepEqual(facts.runs, ['go build -o handler .']);
});

test('nothing in a Dockerfile takes long or throws', () => {
  const hostile = [
    '',
    '\\\n'.repeat(50_000),
    `ENV ${'A=1 '.repeat(50_000)}`,
    `FROM x\nENV A=${'\\"'.repeat(50_000)}`,
    `FROM x\nENV A=${'${A'.repeat(20_000)}`,
    'FROM\nENV\nCMD\nRUN\nARG\nENTRYPOINT',
    'FROM x\nCMD ["unclosed',
    `FROM x\nENV __proto__=polluted constructor=x`,
    `${'FROM x AS y\n'.repeat(5_000)}`,
  ];
  for (const text of hostile) {
    const from = performance.now();
    readDockerfile(text);
    assert.ok(performance.now() - from < 1_500, text.slice(0, 40));
  }
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

test('a template that is known is built from the function’s folder, any other by its Dockerfile', () => {
  const files = ['function/handler.js', 'index.js', 'Dockerfile'];
  const base = {
    fprocess: undefined,
    dockerfile: 'FROM x\nENV fprocess="node index.js" PATH=/x\nRUN apk add curl && npm i',
    handlerFolder: 'function',
    files,
  };
  assert.deepEqual(planOf({ ...base, language: 'node20' }), {
    folder: 'function',
    manifest: { runtime: 'node20', entry: 'handler.js', signature: 'event' },
    notDone: [],
  });
  const own = planOf({ ...base, language: 'mine' });
  assert.deepEqual(
    [own.folder, own.manifest.env, own.notDone],
    ['', { fprocess: 'node index.js' }, ['apk add curl']],
  );
  assert.deepEqual(planOf({ ...base, language: 'mine', dockerfile: undefined }).manifest.env, {});
});

test('the three keys of a template.yml', () => {
  assert.deepEqual(
    readTemplate('language: "node20" # theirs\nfprocess: node index.js\nhandler_folder: src\n'),
    {
      language: 'node20',
      fprocess: 'node index.js',
      handlerFolder: 'src',
    },
  );
  assert.deepEqual(readTemplate('handler_folder: ../../etc\n'), {
    language: undefined,
    fprocess: undefined,
    handlerFolder: undefined,
  });
});
