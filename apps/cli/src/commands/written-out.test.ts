// What is written into files and cells, and what is said beside it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Wherry } from '../testing/run-wherry.ts';
import { ScriptedGateway } from '../testing/scripted-gateway.ts';

/** Answers each table and the audit log with the format it was asked for. */
async function gateway(t: Parameters<typeof ScriptedGateway.start>[0]): Promise<ScriptedGateway> {
  const scripted = await ScriptedGateway.start(t);
  for (const route of [
    'GET /system/export/calls',
    'GET /system/export/usage',
    'GET /system/usage',
    'GET /system/audit/export',
  ])
    scripted.on(route, (request, response) => {
      response.end(new URL(request.url ?? '', 'http://gateway').searchParams.get('format'));
    });
  return scripted;
}

test('a file is of the format that its name ends with, and none of two', async (t) => {
  const wherry = new Wherry(t, { WHERRY_URL: (await gateway(t)).url });
  const wrote = (file: string) => readFileSync(join(wherry.home, file), 'utf8');
  for (const [line, file, format] of [
    ['export calls --to calls.xlsx', 'calls.xlsx', 'xlsx'],
    ['export calls --to calls.txt', 'calls.txt', 'csv'],
    ['usage --to usage.csv', 'usage.csv', 'csv'],
    ['audit export audit.csv', 'audit.csv', 'csv'],
    ['audit export audit.log', 'audit.log', 'jsonl'],
  ] as const) {
    const ran = await wherry.run(line.split(' '));
    assert.deepEqual([ran.code, wrote(file)], [0, format], `${line}: ${ran.err}`);
  }
  const refused = await wherry.run(['export', 'calls', '--format', 'csv', '--to', 'other.xlsx']);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /other\.xlsx ends with \.xlsx, and --format says csv/);
});

test('only an export that can be verified is said to be', async (t) => {
  const wherry = new Wherry(t, { WHERRY_URL: (await gateway(t)).url });
  const csv = await wherry.run(['audit', 'export', 'audit.csv', '--format', 'csv']);
  assert.doesNotMatch(csv.out + csv.err, /audit verify/);
  const lines = await wherry.run(['audit', 'export', 'audit.jsonl']);
  assert.match(lines.err, /^Verify it: wherry audit verify audit\.jsonl$/m);
});

test('a list of reports has no JSON in the cells of a spreadsheet', async (t) => {
  const scripted = await ScriptedGateway.start(t);
  scripted.json('GET /system/reports', [
    {
      ...{ id: 'ops-1', subscription: 'ops', every: 'day', zone: 'Europe/Berlin' },
      ...{ from: '2026-11-15T23:00:00Z', to: '2026-11-16T23:00:00Z', madeAt: '2026-11-17T06:00:00Z' },
      deliveries: [{ channel: 'ops-mail', state: 'failed', cause: 'no such host' }],
    },
  ]);
  const wherry = new Wherry(t, { WHERRY_URL: scripted.url });
  const csv = (await wherry.run(['reports', 'list', '-o', 'csv'])).out.toString();
  assert.match(csv, /^id,.*,sent\r\nops-1,.*,ops-mail failed \(no such host\)\r\n$/);
  assert.doesNotMatch(csv, /[{[]/);
  const text = (await wherry.run(['reports', 'list'])).out.toString();
  assert.match(text, /2026-11-16 00:00 +2026-11-17 00:00 +Europe\/Berlin/);
});

test('usage says of which time it is', async (t) => {
  const scripted = await ScriptedGateway.start(t);
  const row = {
    namespace: 'openfaas-fn',
    calls: 1,
    errors: 0,
    cold: 0,
    wakeSeconds: 0,
    gbSeconds: 0,
    cpuSeconds: 0,
  };
  scripted.json('GET /system/usage', [
    { ...row, from: '2026-10-02T00:00:00Z', to: '2026-10-03T00:00:00Z' },
    { ...row, from: '2026-10-01T00:00:00Z', to: '2026-10-02T00:00:00Z' },
  ]);
  const { err } = await new Wherry(t, { WHERRY_URL: scripted.url }).run(['usage', '--every', 'day']);
  assert.match(err, /^From 2026-10-01T00:00:00Z to 2026-10-03T00:00:00Z\./);
});
