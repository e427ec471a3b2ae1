import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { SecretScan } from './secret-scan.ts';

function scan(path: string, content: string | Uint8Array, piece = 65_536) {
  const bytes = Buffer.from(content as string);
  const it = new SecretScan(path);
  for (let at = 0; at < bytes.length; at += piece) it.feed(bytes.subarray(at, at + piece));
  return it.finish();
}

// Put together at run time, so that this file passes every scan itself.
const pem = (label: string, body: string) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
const lettersOf = (length: number, alphabet: string) =>
  Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('');
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const rsaPem = String(rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }));
const awsSecret = () => lettersOf(40, `${alphanumeric}+/`);
const login = Buffer.from('someone:a password of theirs').toString('base64');

const secrets: readonly [string, string, string][] = [
  ['private-key', 'server.key', rsaPem],
  ['private-key', 'a/key.pem', String(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }))],
  ['private-key', 'k', String(ec.privateKey.export({ type: 'sec1', format: 'pem' }))],
  ['private-key', 'k', String(ed.privateKey.export({ type: 'pkcs8', format: 'pem' }))],
  [
    'private-key',
    'k',
    String(rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })),
  ],
  [
    'private-key',
    'k',
    pem(
      'RSA PRIVATE KEY',
      `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF\n\n${rsaPem.split('\n').slice(1, 9).join('\n')}`,
    ),
  ],
  [
    'private-key',
    '.ssh/id_ed25519',
    pem(
      'OPENSSH PRIVATE KEY',
      `b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n${lettersOf(70, alphanumeric)}`,
    ),
  ],
  ['private-key', 'account.json', JSON.stringify({ type: 'service_account', private_key: rsaPem })],
  ['private-key', 'handler.js', `const key = \`${rsaPem}\`;`],
  ['private-key', 'values.yaml', `tls:\n  key: |\n${rsaPem.replace(/^/gm, '    ')}`],
  ['private-key', 'w.pem', rsaPem.replaceAll('\n', '\r\n')],
  ['env-file', '.env', ''],
  ['env-file', 'config/.env.production', 'A=1'],
  ['env-file', '.ENV.local', 'A=1'],
  ['key-store', 'certs/client.p12', 'x'],
  ['key-store', 'client.PFX', 'x'],
  ['kubeconfig', 'kubeconfig', 'x'],
  ['kubeconfig', '.kube/config', 'x'],
  [
    'kubeconfig',
    'deploy/cluster.yaml',
    `apiVersion: v1\nkind: Config\nusers:\n- name: me\n  user:\n    token: ${lettersOf(40, alphanumeric)}\n`,
  ],
  [
    'kubeconfig',
    'c.yml',
    `users:\n- user:\n    client-key-data: ${Buffer.from(rsaPem).toString('base64')}\nkind: Config\n`,
  ],
  ['npm-login', '.npmrc', `//registry.npmjs.org/:_authToken=${lettersOf(36, alphanumeric)}`],
  ['registry-login', '.docker/config.json', `{"auths":{"ghcr.io":{"auth":"${login}"}}}`],
  ['aws-key', 'handler.py', `key = "AKIA${lettersOf(16, base32)}"`],
  ['aws-key', 'config', `[default]\naws_secret_access_key = ${awsSecret()}\n`],
  ['aws-key', 'c.json', `{"awsSecretAccessKey": "${awsSecret()}"}`],
  [
    'github-token',
    'x.js',
    `fetch(u, { headers: { authorization: 'token ghp_${lettersOf(36, alphanumeric)}' } })`,
  ],
  ['slack-token', 'x', `xoxb-${lettersOf(12, '0123456789')}-${lettersOf(24, alphanumeric)}`],
  ['stripe-key', 'x', `sk_live_${lettersOf(30, alphanumeric)}`],
  ['gitlab-token', 'x', `glpat-${lettersOf(20, alphanumeric)}`],
  ['npm-token', 'x', `npm_${lettersOf(36, alphanumeric)}`],
  ['pypi-login', '.netrc', 'machine example.org login me password hunter2hunter'],
];

const lookAlikes: readonly [string, string][] = [
  ['cert.pem', pem('CERTIFICATE', rsaPem.split('\n').slice(1, 20).join('\n'))],
  ['key.pub.pem', String(rsa.publicKey.export({ type: 'spki', format: 'pem' }))],
  ['id_ed25519.pub', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPUBLICpublicPUBLICpublicPUBLICpublic me@host'],
  [
    'parse.js',
    "if (text.startsWith('-----BEGIN PRIVATE KEY-----')) parse(text);\nconst rest = text.slice(27);",
  ],
  ['README.md', '-----BEGIN RSA PRIVATE KEY-----\nMIIE...\n-----END RSA PRIVATE KEY-----'],
  ['docs.md', `-----BEGIN PRIVATE KEY-----\n${'x'.repeat(64)}\n-----END PRIVATE KEY-----`],
  ['.env.example', 'PASSWORD='],
  ['.env.sample', 'PASSWORD=changeme'],
  ['environment.ts', 'export const env = 1'],
  ['config/env.js', ''],
  ['a.env', 'x'],
  ['.npmrc', 'registry=https://registry.npmjs.org\n//registry.npmjs.org/:_authToken=${NPM_TOKEN}'],
  ['config.json', '{"auths": "enabled", "author": "somebody", "auth": "basic"}'],
  [
    'aws.md',
    'aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  ],
  ['id.txt', 'AKIAXXXXXXXXXXXXXXXX'],
  ['lock.json', `"integrity": "sha512-${lettersOf(86, alphanumeric)}=="`],
  ['hash.txt', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['deploy.yaml', 'apiVersion: v1\nkind: ConfigMap\ndata:\n  token: not-a-login-at-all'],
  ['types.ts', 'kind: Config;\nnext: string'],
  ['token.js', "const prefix = 'ghp_'; const slack = 'xoxb-';"],
  ['stripe.js', 'sk_test_4eC39HqLyjWDarjtT1zdp7dcABCDEF'],
  ['node_modules/jsonwebtoken/test/priv.pem', rsaPem],
  ['lib/site-packages/tests/.env', 'X=1'],
];

for (const [rule, path, content] of secrets) {
  test(`found: ${rule} in ${path}`, () => {
    assert.equal(scan(path, content)?.rule, rule);
    assert.equal(scan(path, content, 7)?.rule, rule, 'in small pieces');
  });
}
for (const [path, content] of lookAlikes)
  test(`passes: ${path}`, () => assert.equal(scan(path, content), undefined));

test('a placeholder does not hide the real thing behind it', () => {
  const text = `AKIAIOSFODNN7EXAMPLE\n${pem('PRIVATE KEY', 'x'.repeat(64))}\nAKIA${lettersOf(16, base32)}\n`;
  assert.equal(scan('x.md', text)?.rule, 'aws-key');
});

test('the line is named, also far into a large file and across the pieces it is looked at in', () => {
  assert.equal(scan('a.txt', `one\ntwo\n${rsaPem}`)?.line, 3);
  const filler = `${'x'.repeat(99)}\n`;
  for (const lines of [2600, 2619, 2620, 2621, 2622, 10_485, 50_000]) {
    assert.deepEqual(scan('big.txt', filler.repeat(lines) + rsaPem + filler.repeat(20_000)), {
      rule: 'private-key',
      what: 'a private key',
      line: lines + 1,
    });
  }
});

test('no pattern takes more than a moment over text that almost fits', () => {
  const began = performance.now();
  for (const almost of [
    '-----BEGIN PRIVATE KEY-----\n',
    '-----BEGIN PRIVATE KEY-----\nA: \n',
    'kind: Config\n',
    'kind: Config\n token: \n',
    'aws_secret_key',
    'PuTTY-User-Key-File-2: ',
    'xoxb-',
    '_auth =  ',
    'AKIA',
    '  ',
    '\n',
    'client-key-data: ',
    'A A ',
    'password ',
  ]) {
    scan('.npmrc', almost.repeat(Math.ceil(2 ** 21 / almost.length)));
    scan('.netrc', almost.repeat(Math.ceil(2 ** 21 / almost.length)));
  }
  // Generous: a pattern that backtracks without end takes minutes.
  assert.ok(performance.now() - began < 20_000, `${performance.now() - began} ms`);
});
