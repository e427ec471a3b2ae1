// Versions of a function seen from outside: nothing that changes which one answers fails a call.
import assert from 'node:assert/strict';
import http from 'node:http';
import { rmSync } from 'node:fs';
import { after, test } from 'node:test';
import type { VersionList } from '@wherry/wire/versions';
import { freshHome, type Function, Gateway } from './gateway.ts';
import { Project } from './project.ts';

const gateway = await Gateway.start({ after });

const fn = (name: string, text: string, more: Partial<Function> = {}): Function => ({
  name,
  files: { 'handler.js': `module.exports = () => ${JSON.stringify(text)};` },
  ...more,
});

/** Uploads once, and gives what has to be sent to deploy it. */
async function deployment(of: Gateway, one: Function): Promise<{ service: string; image: string }> {
  await of.deploy(one);
  const { image } = (await (await of.system('GET', `/system/function/${one.name}`)).json()) as {
    image: string;
  };
  return { service: one.name, image };
}

async function versions(of: Gateway, name: string): Promise<VersionList> {
  return (await (await of.system('GET', `/system/function/${name}/versions`)).json()) as VersionList;
}

async function change(of: Gateway, method: string, path: string, body?: unknown): Promise<VersionList> {
  const response = await of.system(method, `/system/function/${path}`, body);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as VersionList;
}

/** Who answered so many calls, by what was said. */
async function tally(
  of: Gateway,
  target: string,
  calls: number,
  init: RequestInit = {},
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  let left = calls;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const said = await (await of.call(target, init)).text();
      counts[said] = (counts[said] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return counts;
}

/**
 * Calls at a fixed rate, whatever becomes of those before: a platform that stalls gets more of them and not fewer. Refused and broken
 * connections count as failures.
 */
class Load {
  readonly failures: string[] = [];
  readonly answers = new Map<string, number>();
  sent = 0;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
  readonly #url: string;
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<Promise<void>>();

  constructor(url: string, perSecond: number) {
    this.#url = url;
    const from = performance.now();
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - from) / 1000) * perSecond);
      for (; this.sent < due; this.sent += 1) {
        const call = this.#call();
        this.#open.add(call);
        void call.finally(() => this.#open.delete(call));
      }
    }, 5);
  }

  /** No more calls; resolves when all are answered. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    this.#agent.destroy();
  }

  #call(): Promise<void> {
    return new Promise((resolve) => {
      const failed = (why: string): void => {
        this.failures.push(why);
        resolve();
      };
      const request = http.get(this.#url, { agent: this.#agent, timeout: 20_000 }, (response) => {
        let said = '';
        response.on('data', (bytes) => (said += bytes));
        response.on('error', (error) => failed(String(error)));
        response.on('end', () => {
          if (response.statusCode !== 200) return failed(`${response.statusCode} ${said.slice(0, 200)}`);
          this.answers.set(said, (this.answers.get(said) ?? 0) + 1);
          resolve();
        });
      });
      request.on('timeout', () => request.destroy(new Error('no answer in 20 s')));
      request.on('error', (error) => failed(String(error)));
    });
  }
}

test('thirty redeploys under 200 calls a second fail none of them (R-01)', async () => {
  const slow = (text: string): Function => ({
    name: 'steady',
    files: {
      'handler.js': `module.exports = () => new Promise((done) => setTimeout(() => done(${JSON.stringify(text)}), 30));`,
    },
  });
  const one = await deployment(gateway, slow('one'));
  const two = await deployment(gateway, slow('two'));
  const load = new Load(`${gateway.url}/function/steady`, 200);
  for (let n = 0; n < 30; n++) {
    const response = await gateway.system('PUT', '/system/functions', n % 2 === 0 ? one : two);
    assert.equal(response.status, 202, await response.text());
  }
  for (let n = 0; n < 5; n++) await change(gateway, 'POST', 'steady/rollback', { version: 30 + (n % 2) });
  await load.end();
  assert.deepEqual(load.failures, []);
  assert.ok(load.sent > 200, `${load.sent} calls are no load`);
  assert.ok(load.answers.has('one') && load.answers.has('two'));
  assert.equal((await versions(gateway, 'steady')).live, 30);
  // And each of them ended when it had answered its last call.
  let awake: number[] = [];
  while (awake.length !== 1) {
    const list = await versions(gateway, 'steady');
    awake = list.versions.flatMap(({ version, instances }) => (instances > 0 ? [version] : []));
  }
  assert.deepEqual(awake, [30]);
});

test('a broken version leaves the old one serving, and the function says why (R-07)', async () => {
  await gateway.deploy(fn('fragile', 'whole'));
  const load = new Load(`${gateway.url}/function/fragile`, 100);
  for (const query of ['', '?canary=10']) {
    const donor = fn('donor', 'x', { files: { 'handler.js': 'throw new Error("no database");' } });
    const refused = await gateway.tryDeploy({ ...donor, name: 'fragile' });
    assert.equal(refused.status, 400, query);
    assert.match(await refused.text(), /deploy_failed[\s\S]*no database/);
  }
  await load.end();
  assert.deepEqual(load.failures, []);
  const list = await versions(gateway, 'fragile');
  assert.deepEqual([list.live, list.versions.length, list.failedDeploy?.version], [1, 1, 3]);
  const state = (await (
    await gateway.system('GET', '/system/function/fragile/state')
  ).json()) as VersionList & {
    status: string;
  };
  assert.equal(state.status, 'awake');
  assert.match(JSON.stringify(state.failedDeploy), /no database/);
});

test('a canary takes 10 % ± 2 of 10,000 calls, and says which version answered', async () => {
  await gateway.deploy(fn('shop', 'old'));
  const plain = await gateway.call('shop');
  assert.deepEqual([await plain.text(), plain.headers.get('x-wherry-version')], ['old', null]);
  await gateway.deploy(fn('donor', 'new'));
  const image = ((await (await gateway.system('GET', '/system/function/donor')).json()) as { image: string })
    .image;
  const deployed = await gateway.system('PUT', '/system/functions?canary=10', { service: 'shop', image });
  assert.equal(deployed.status, 202, await deployed.text());
  const counts = await tally(gateway, 'shop', 10_000);
  assert.equal((counts['old'] ?? 0) + (counts['new'] ?? 0), 10_000, JSON.stringify(counts));
  assert.ok((counts['new'] ?? 0) >= 800 && (counts['new'] ?? 0) <= 1200, JSON.stringify(counts));
  const answers = await Promise.all(Array.from({ length: 20 }, () => gateway.call('shop')));
  for (const answer of answers)
    assert.equal(answer.headers.get('x-wherry-version'), (await answer.text()) === 'old' ? '1' : '2');

  await change(gateway, 'PUT', 'shop/canary', { percent: 50 });
  const half = await tally(gateway, 'shop', 1000);
  assert.ok(Math.abs((half['new'] ?? 0) - 500) <= 20, JSON.stringify(half));
  const list = await versions(gateway, 'shop');
  const calls = list.versions.map(({ version, calls: counted }) => [version, counted > 500]);
  assert.deepEqual(
    [list.canary, calls],
    [
      { version: 2, percent: 50 },
      [
        [2, true],
        [1, true],
      ],
    ],
  );

  const promoted = await change(gateway, 'POST', 'shop/promote');
  assert.deepEqual([promoted.live, promoted.canary, promoted.stepBack], [2, undefined, 1]);
  assert.deepEqual(await tally(gateway, 'shop', 50), { new: 50 });
  assert.equal((await gateway.system('POST', '/system/function/shop/promote')).status, 409);

  await gateway.system('PUT', '/system/functions?canary=40', { service: 'shop', image });
  const aborted = await change(gateway, 'POST', 'shop/abort');
  assert.deepEqual([aborted.live, aborted.canary, aborted.versions[0]?.role], [2, undefined, 'withdrawn']);
});

test('versions and aliases are called behind the mark, also where a client escapes it', async () => {
  await gateway.deploy(fn('named', 'one'));
  await gateway.deploy(fn('named', 'two'));
  assert.deepEqual(
    await Promise.all(
      ['named', 'named@1', 'named%401', 'named.openfaas-fn@2'].map((target) => gateway.said(target)),
    ),
    ['two', 'one', 'one', 'two'],
  );
  const shares = [
    { version: 1, weight: 3 },
    { version: 2, weight: 1 },
  ];
  await change(gateway, 'PUT', 'named/aliases/mixed', { shares });
  const counts = await tally(gateway, 'named@mixed', 400);
  assert.ok(Math.abs((counts['one'] ?? 0) - 300) <= 5, JSON.stringify(counts));
  await change(gateway, 'PUT', 'named/aliases/mixed', { shares, sticky: 'header:X-User' });
  const seen = new Set<string>();
  for (let user = 0; user < 20; user++) {
    const said = await tally(gateway, 'named@mixed', 20, { headers: { 'x-user': `u${user}` } });
    assert.equal(Object.keys(said).length, 1, JSON.stringify(said));
    seen.add(Object.keys(said)[0] as string);
  }
  assert.equal(seen.size, 2);
  const unknown = await gateway.call('named@nope');
  assert.equal(unknown.status, 404);
  assert.match(await unknown.text(), /version_unknown/);
  for (const alias of ['3d', 'A', 'a.b', 'a%2fb']) {
    const bad = await gateway.system('PUT', `/system/function/named/aliases/${alias}`, { shares });
    assert.equal(bad.status, 400, alias);
    assert.match(await bad.text(), /beginning with a letter/);
  }
  const calls = (await (await gateway.system('GET', '/system/calls?function=named&limit=1')).json()) as {
    target: string;
    version: number;
  }[];
  assert.deepEqual([calls[0]?.target, typeof calls[0]?.version], ['named@mixed', 'number']);
  // What is made later is made by the version that was asked for.
  const later = await fetch(`${gateway.url}/async-function/named@1`, { method: 'POST' });
  assert.equal(later.status, 202, await later.text());
  const id = later.headers.get('x-call-id') ?? '';
  let made: { version: number; status: number } | undefined;
  while (made === undefined) {
    const found = await gateway.system('GET', `/system/calls?id=${id}`);
    [made] = (await found.json()) as { version: number; status: number }[];
  }
  assert.deepEqual([made?.version, made?.status], [1, 200]);
});

test('who may deploy some functions changes the versions of those, and who may read changes none', async () => {
  await gateway.deploy(fn('mine', 'one'));
  await gateway.deploy(fn('mine', 'two'));
  const make = async (name: string, scopes: string[], functions: string): Promise<Record<string, string>> => {
    const made = await gateway.system('POST', '/system/tokens', { name, scopes, functions });
    return { authorization: `Bearer ${((await made.json()) as { token: string }).token}` };
  };
  const reader = await make('reader', ['read'], '*');
  const other = await make('other', ['deploy', 'read'], 'other-*');
  const owner = await make('owner', ['deploy', 'read'], 'mine');
  const writes: [string, string, unknown?][] = [
    ['POST', 'rollback', {}],
    ['PUT', 'canary', { percent: 5 }],
    ['POST', 'promote'],
    ['POST', 'abort'],
    ['PUT', 'aliases/a', { shares: [{ version: 1 }] }],
    ['DELETE', 'aliases/a'],
  ];
  for (const [method, path, body] of writes)
    for (const who of [reader, other])
      assert.equal(
        (await gateway.system(method, `/system/function/mine/${path}`, body, who)).status,
        403,
        path,
      );
  for (const path of ['versions', 'aliases']) {
    assert.equal(
      (await gateway.system('GET', `/system/function/mine/${path}`, undefined, other)).status,
      403,
    );
    assert.equal(
      (await gateway.system('GET', `/system/function/mine/${path}`, undefined, reader)).status,
      200,
    );
  }
  assert.equal(await gateway.said('mine'), 'two');
  assert.equal(
    (await gateway.system('POST', '/system/function/mine/rollback', undefined, owner)).status,
    200,
  );
  assert.equal(await gateway.said('mine'), 'one');
});

test('a gateway that was killed comes back with the same versions, shares and places', async (t) => {
  const home = freshHome();
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const before = await Gateway.start(t, { home });
  const one = await deployment(before, fn('kept', 'one'));
  const two = await deployment(before, fn('kept', 'two'));
  const three = await deployment(before, fn('third', 'three'));
  await before.system('DELETE', '/system/functions', { functionName: 'third' });
  assert.notEqual(one.image, two.image);
  await before.system('PUT', '/system/functions?canary=50&sticky=cookie:sid', { ...three, service: 'kept' });
  await change(before, 'PUT', 'kept/aliases/first', { shares: [{ version: 1 }] });
  const place = async (of: Gateway, sid: number): Promise<string> =>
    (await of.call('kept', { headers: { cookie: `sid=s${sid}` } })).text();
  const places = await Promise.all(Array.from({ length: 30 }, (_, n) => place(before, n)));
  assert.deepEqual([...new Set(places)].sort(), ['three', 'two']);
  await before.stop('SIGKILL');

  // At its start it throws away packages that nobody needs; those of versions that are kept are needed.
  const again = await Gateway.start(t, { home });
  assert.deepEqual(await Promise.all(Array.from({ length: 30 }, (_, n) => place(again, n))), places);
  assert.deepEqual([await again.said('kept@first'), await again.said('kept@1')], ['one', 'one']);
  const list = await versions(again, 'kept');
  assert.deepEqual(
    [list.live, list.canary, list.aliases.length],
    [2, { version: 3, percent: 50, sticky: 'cookie:sid' }, 1],
  );
  await change(again, 'POST', 'kept/rollback');
  await change(again, 'POST', 'kept/rollback');
  assert.equal(await again.said('kept'), 'one');
});

test('the command line leads through a trial and back', async (t) => {
  const project = Project.at(t, gateway);
  project.write({ 'handler.js': 'module.exports = () => "first";' });
  const run = async (...args: string[]): Promise<string> => {
    const said = await project.wherry(args);
    assert.equal(said.code, 0, `${args.join(' ')}: ${said.all}`);
    return said.all;
  };
  await run('deploy', 'tour', '--from', 'handler.js');
  project.write({ 'handler.js': 'module.exports = () => "second";' });
  assert.match(
    await run('deploy', 'tour', '--from', 'handler.js', '-e', 'TOKEN=sesame', '--canary', '30'),
    /30 %[\s\S]*wherry promote tour/,
  );
  const shown = await run('versions', 'tour');
  assert.match(shown, /2 +canary +30 %[\s\S]*image, env \+TOKEN[\s\S]*1 +live +70 %/);
  assert.doesNotMatch(shown, /sesame/);
  assert.match(await run('canary', 'tour', '60', '--sticky', 'client'), /60 %.*sticky by client/);
  assert.match(
    await run('promote', 'tour', '--dry-run'),
    /Would make version 2 of tour live in the place of version 1/,
  );
  assert.match(await run('promote', 'tour'), /version 2 takes all calls/);
  assert.equal((await project.wherry(['invoke', 'tour', '-d', ''])).out, 'second');
  assert.equal((await project.wherry(['invoke', 'tour@1', '-d', ''])).out, 'first');
  await run('alias', 'set', 'tour', 'stable', '--version', '1=9,2=1');
  assert.match(await run('alias', 'list', 'tour'), /stable +1 \(90 %\), 2 \(10 %\)/);
  await run('alias', 'remove', 'tour', 'stable');
  assert.match(await run('rollback', 'tour'), /version 1 takes all calls[\s\S]*wherry rollback tour --to 2/);
  const list = JSON.parse((await project.wherry(['versions', 'tour', '-o', 'json'])).out) as VersionList;
  assert.deepEqual([list.live, list.versions.map(({ role }) => role)], [1, ['withdrawn', 'live']]);
  const nowhere = await project.wherry(['rollback', 'tour']);
  assert.notEqual(nowhere.code, 0);
  assert.match(nowhere.all, /no earlier version[\s\S]*wherry versions tour/);
  for (const wrong of [
    ['canary', 'tour', '101'],
    ['alias', 'set', 'tour', '3d', '--version', '1'],
    ['alias', 'set', 'tour', 'x', '--version', '1=0'],
    ['deploy', 'tour', '--from', 'handler.js', '--sticky', 'client'],
  ])
    assert.notEqual((await project.wherry(wrong)).code, 0, wrong.join(' '));
});
