// A data folder with as many call records as somebody wants, and a gateway on it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createWriteStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, type TestContext } from 'node:test';
import type { CallRecord } from '@wherry/core/call-record';
import { openStore } from '@wherry/storage/sqlite/open-store';
import { freshHome, Gateway } from './gateway.ts';
import { mostResident, residentBytes } from './memory-of.ts';

export const many = 1_000_000;
/** What rows may take on their way, however many, beside what the gateway has anyway. */
export const budgetBytes = 220 * 2 ** 20;

export async function gatewayWith(calls: number): Promise<Gateway> {
  const home = freshHome();
  after(() => rmSync(home, { recursive: true, force: true }));
  const store = await openStore({ home, now: Date.now });
  const begin = Date.now() - calls;
  for (let at = 0; at < calls; at += 5_000)
    await store.records.append(Array.from({ length: 5_000 }, (_, n) => record(at + n, begin)));
  assert.equal(store.losses().calls, 0);
  await store.close();
  return Gateway.start({ after }, { home });
}

function record(n: number, begin: number): CallRecord {
  const id = `018bcfe6-e2e8-7abc-8def-${n.toString(16).padStart(12, '0')}`;
  return {
    ...{ id, trigger: 'http', target: `fn-${n % 50}`, method: 'POST', path: `/orders/${n % 1000}` },
    deployment: { namespace: 'openfaas-fn', name: `fn-${n % 50}`, version: 1 },
    ...{ instance: `i${n % 20}`, startedAt: begin + n, totalMs: 12.345, waitMs: 0, wakeMs: 0, runMs: 11.5 },
    ...{ cold: false, status: n % 100 === 0 ? 500 : 200, bytesIn: 12, bytesOut: 345 },
  };
}

/** Takes a table and counts its rows; the memory that it took is within the budget. */
export async function take(
  t: TestContext,
  gateway: Gateway,
  query: string,
  table = 'calls',
): Promise<number> {
  const pid = gateway.process.pid as number;
  const file = join(gateway.home, 'taken');
  const idle = residentBytes(pid);
  const since = performance.now();
  const most = await mostResident(pid, async () => {
    const response = await fetch(`${gateway.url}/system/export/${table}?${query}`, {
      headers: gateway.admin,
    });
    assert.equal(response.status, 200);
    await pipeline(Readable.fromWeb(response.body as never), createWriteStream(file));
  });
  const [seconds, more] = [(performance.now() - since) / 1000, (most - idle) / 2 ** 20];
  t.diagnostic(
    `${table} ${query}: ${seconds.toFixed(1)} s, ${more.toFixed(0)} MiB more than ${idle / 2 ** 20}`,
  );
  assert.ok(most - idle < budgetBytes, `${more} MiB more`);
  const rows = await rowsIn(file, /format=(\w+)/.exec(query)?.[1] ?? '');
  rmSync(file);
  return rows;
}

/** As Python reads it, which knows nothing of how it was written. */
async function rowsIn(file: string, format: string): Promise<number> {
  const scripts: Readonly<Record<string, string>> = {
    csv: 'import csv; print(sum(1 for _ in csv.DictReader(open(f, newline="", encoding="utf-8"))))',
    jsonl: 'import json; print(sum(1 for line in open(f, encoding="utf-8") if json.loads(line)["id"]))',
    json: 'import json; print(len(json.load(open(f, encoding="utf-8"))))',
    xlsx: [
      'import zipfile',
      'rows, left = 0, b""',
      'with zipfile.ZipFile(f).open("xl/worksheets/sheet1.xml") as sheet:',
      '  while piece := sheet.read(2**20):',
      '    text = left + piece; rows += text.count(b"<row"); left = b"" if text.endswith(b"<row") else text[-3:]',
      'print(rows - 1)',
    ].join('\n'),
  };
  const child = spawn('python3', ['-c', `f = ${JSON.stringify(file)}\n${scripts[format]}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return Number(Buffer.concat(await Array.fromAsync(child.stdout)).toString());
}
