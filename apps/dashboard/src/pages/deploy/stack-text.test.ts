import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploymentIn, stackText } from './stack-text.ts';

const of = { name: 'shop', namespace: 'openfaas-fn' };
const deployment = {
  service: 'shop',
  namespace: 'openfaas-fn',
  image: 'wherry.local/shop@sha256:0',
  envVars: { TEXT: 'a: b # "c"\nsecond ${HOME} line', NUMBER: '007', YES: 'yes' },
  labels: { 'com.openfaas.scale.min': '1' },
  secrets: ['api-key'],
  limits: { memory: '128Mi' },
  readOnlyRootFilesystem: true,
};

test('a function comes back from its stack file as it was', () => {
  assert.deepEqual(deploymentIn(stackText(deployment), of), deployment);
});

test('numbers and truths that somebody writes are texts', () => {
  const text = 'functions:\n  shop:\n    image: a\n    environment:\n      PORT: 80\n      ON: true\n';
  assert.deepEqual(deploymentIn(text, of).envVars, { PORT: '80', ON: 'true' });
});

test('what cannot be read says where, and nothing is passed over', () => {
  const wrong = (text: string): string => {
    try {
      deploymentIn(text, of);
    } catch (error) {
      return (error as Error).message;
    }
    return 'taken';
  };
  assert.match(wrong('functions:\n  shop: {a\n'), /^Line \d+, column \d+: /);
  assert.match(wrong('functions: []'), /functions is missing/);
  assert.match(wrong('functions:\n  shop:\n    image: a\n    lang: node\n'), /lang can’t be changed here/);
  assert.match(wrong('functions:\n  shop:\n    image: a\n    namespace: other\n'), /namespace/);
  assert.match(wrong('functions:\n  shop:\n    image: a\n  other:\n    image: b\n'), /more than shop/);
  const bomb = `a: &a [x, x]\nb: &b [*a, *a]\nfunctions:\n  shop:\n    image: *b\n`;
  assert.notEqual(wrong(bomb), 'taken');
});
