import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Principal, type Scope, scopes } from '@wherry/core/access';
import { admin, hash, Rig } from '../rig.fixtures.ts';

const adminToken = 'the-admin-token';
const bearer = (token: string) => `Bearer ${token}`;
const basic = (user: string, password: string) => `Basic ${btoa(`${user}:${password}`)}`;

async function opened() {
  const rig = await Rig.open();
  const { tokens, gatekeeper } = rig.platform;
  const make = async (name: string, held: readonly string[], functions = '*', lifeMs?: number) =>
    (
      await tokens.create(
        { name, scopes: held, functions, ...(lifeMs === undefined ? {} : { lifeMs }) },
        admin,
      )
    ).token;
  return {
    rig,
    tokens,
    gatekeeper,
    make,
    who: (authorization: string) => gatekeeper.principal(authorization)?.name,
  };
}

test('the admin token speaks for admin, as Bearer and as the password of admin', async () => {
  const { who } = await opened();
  assert.equal(who(bearer(adminToken)), 'admin');
  assert.equal(who(`bearer ${adminToken}`), 'admin', 'a scheme has no case');
  assert.equal(who(`Bearer   ${adminToken} `), 'admin');
  assert.equal(who(basic('admin', adminToken)), 'admin');
  assert.equal(who(`BASIC ${btoa(`admin:${adminToken}`)}`), 'admin');
});

test('any other credentials speak for nobody', async () => {
  const { who } = await opened();
  const wrong = [
    '',
    ' ',
    'Bearer',
    'Bearer ',
    adminToken,
    `Token ${adminToken}`,
    `Bearer${adminToken}`,
    bearer(adminToken.slice(1)),
    bearer(`${adminToken}x`),
    bearer(adminToken.toUpperCase()),
    bearer(hash(adminToken)),
    `Digest ${adminToken}`,
    basic('root', adminToken),
    basic('Admin', adminToken),
    basic('', adminToken),
    basic('admin', ''),
    basic('admin', 'admin'),
    basic('admin:', adminToken),
    `Basic ${btoa(adminToken)}`,
    'Basic !!!',
    'Basic',
    `Basic ${adminToken}`,
  ];
  for (const authorization of wrong) assert.equal(who(authorization), undefined, authorization);
});

test('a token is for what it was made for: every scope against every need, here and elsewhere', async () => {
  const { gatekeeper, make } = await opened();
  const target = { namespace: 'team-a', name: 'report' };
  for (const held of scopes) {
    const everywhere = bearer(await make(`all-${held}`, [held]));
    const there = bearer(await make(`some-${held}`, [held], 'team-a/*'));
    for (const needed of scopes) {
      const may = held === 'admin' || held === needed;
      const check = (authorization: string, name: string, namespace = target.namespace) => {
        const ask = (): Principal => gatekeeper.require(authorization, needed, { namespace, name });
        if (may) assert.equal(ask().scopes[0], held);
        else
          assert.throws(ask, {
            code: 'forbidden',
            message: new RegExp(`lacks the scope ${needed} for report\\.team-a`),
          });
      };
      check(everywhere, 'report');
      check(there, 'report');
      assert.throws(() => gatekeeper.require(there, needed, { namespace: 'team-b', name: 'report' }), {
        code: 'forbidden',
      });
      assert.throws(
        () => gatekeeper.requireSystem(there, needed),
        { code: 'forbidden' },
        'a part is not the system',
      );
      if (may) gatekeeper.requireSystem(everywhere, needed);
      else assert.throws(() => gatekeeper.requireSystem(everywhere, needed), { code: 'forbidden' });
    }
  }
});

test('without credentials, or with wrong ones, one is told to send some', async () => {
  const { gatekeeper } = await opened();
  assert.throws(() => gatekeeper.require(undefined, 'read'), {
    code: 'unauthenticated',
    message: 'no Authorization header was sent',
  });
  assert.throws(() => gatekeeper.require('Bearer x', 'read'), {
    code: 'unauthenticated',
    message: /unknown, expired or revoked/,
  });
});

test('a token ends at its time, also where it was used a moment before', async () => {
  const { rig, make, who } = await opened();
  const token = bearer(await make('short', ['read'], '*', 10_000));
  await rig.clock.advance(9_999);
  assert.equal(who(token), 'short');
  await rig.clock.advance(1_000);
  assert.equal(who(token), undefined);
});

test('a revoked token is worth nothing at once', async () => {
  const { tokens, make, who } = await opened();
  const [token, other] = [bearer(await make('ci', ['deploy'])), bearer(await make('other', ['deploy']))];
  assert.equal(who(token), 'ci');
  await tokens.revoke('ci');
  assert.deepEqual([who(token), who(other)], [undefined, 'other']);
  await assert.rejects(tokens.revoke('ci'), { code: 'token_unknown' });
});

test('a rotated token is another text at once, with the same rights', async () => {
  const { tokens, make, gatekeeper, who } = await opened();
  const old = bearer(await make('ci', ['deploy'], 'team-a/*'));
  assert.equal(who(old), 'ci');
  const { token } = await tokens.rotate('ci');
  assert.equal(who(old), undefined);
  assert.deepEqual(gatekeeper.principal(bearer(token)), {
    name: 'ci',
    scopes: ['deploy'],
    functions: 'team-a/*',
  });
  await assert.rejects(tokens.rotate('nobody'), { code: 'token_unknown' });
});

test('the admin token is rotated like any other, in its file too, and cannot be revoked', async () => {
  const { rig, tokens, who } = await opened();
  assert.equal(who(bearer(adminToken)), 'admin');
  const { token } = await tokens.rotate('admin');
  assert.deepEqual(
    [who(bearer(adminToken)), who(bearer(token)), who(basic('admin', token))],
    [undefined, 'admin', 'admin'],
  );
  assert.equal(rig.adminHash, hash(token));
  await assert.rejects(tokens.revoke('admin'), { code: 'bad_value' });
});

test('an admin token whose file cannot be written stays the one that works', async () => {
  const rig = await Rig.open({
    parts: { adminToken: { hash: hash(adminToken), replace: () => Promise.reject(new Error('EACCES')) } },
  });
  await assert.rejects(rig.platform.tokens.rotate('admin'));
  assert.equal(rig.platform.gatekeeper.principal(bearer(adminToken))?.name, 'admin');
});

test('what was made is kept and known after a restart, by its hash alone', async () => {
  const { rig, tokens, make } = await opened();
  const token = await make('ci', ['deploy', 'read']);
  const [record] = await rig.tokens.list();
  assert.ok(!JSON.stringify(record).includes(token));
  assert.match(token, /^wherry_.{43,}$/);
  assert.deepEqual([record?.hash, tokens.list().length], [hash(token), 1]);
  const again = await Rig.open({ parts: { tokens: rig.tokens } });
  assert.equal(again.platform.gatekeeper.principal(bearer(token))?.name, 'ci');
});

test('a token that cannot be is refused by the name of what is wrong, and only an admin makes any', async () => {
  const { tokens, make } = await opened();
  const create = (more: object, by: Principal = admin) =>
    tokens.create({ name: 'x', scopes: ['read'], functions: '*', ...more }, by);
  await assert.rejects(create({ name: 'X Y' }), { code: 'bad_name' });
  await assert.rejects(create({ name: 'admin' }), { code: 'token_exists' });
  await assert.rejects(create({ scopes: [] }), { code: 'bad_value', message: /^scopes:/ });
  await assert.rejects(create({ scopes: ['root'] }), { code: 'bad_value', message: /^scopes: "root"/ });
  await assert.rejects(create({ scopes: ['__proto__'] }), { code: 'bad_value' });
  for (const functions of ['a/b/c', '*a', 'A/*', 'a b'])
    await assert.rejects(create({ functions }), { code: 'bad_value', message: /^functions:/ });
  for (const held of scopes.filter((scope) => scope !== 'admin'))
    await assert.rejects(create({}, { name: 'u', scopes: [held as Scope], functions: '*' }), {
      code: 'forbidden',
    });
  await make('x', ['read']);
  await assert.rejects(create({}), { code: 'token_exists' });
});

test('nobody gives more than they have: an admin of some functions makes no token for others', async () => {
  const { tokens } = await opened();
  const some: Principal = { name: 'team', scopes: ['admin'], functions: 'team-a/*' };
  await assert.rejects(tokens.create({ name: 'x', scopes: ['invoke'], functions: '*' }, some), {
    code: 'forbidden',
  });
  await assert.rejects(tokens.create({ name: 'x', scopes: ['invoke'], functions: 'team-b/*' }, some), {
    code: 'forbidden',
  });
});

test('ten thousand wrong headers are not remembered for ever', async () => {
  const { gatekeeper, who } = await opened();
  for (let i = 0; i < 10_000; i++) gatekeeper.principal(`Bearer wrong-${i}`);
  assert.equal(who(bearer(adminToken)), 'admin');
});
