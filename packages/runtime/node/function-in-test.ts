// A function written inside a test, running in a host of its own.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CALL, type Frame, headers, Host, type Line } from '../conformance/driver.ts';
import { load, next } from '../conformance/host-under-test.ts';
import { fetchOn, wholeBody } from '../conformance/side.ts';
import { host as under } from './host.fixtures.ts';

export interface Answer {
  status: number;
  flags: number;
  text: string;
  bytes: Buffer;
  header(name: string): string | undefined;
  headers(name: string): string[];
}

export interface Sent {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

export interface Deployed {
  host: Host;
  lane: Line;
  folder: string;
  loaded: Record<string, unknown>;
  call(target: string, sent?: Sent): Promise<Answer>;
}

export interface Written {
  files: Record<string, string>;
  entry: string;
  signature?: string;
  env?: Record<string, string>;
}

/** Writes the files, starts a host with them, and hands it to `use`. */
export async function withFunction(
  written: Written,
  use: (deployed: Deployed) => Promise<void>,
): Promise<void> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'function-')));
  for (const [name, text] of Object.entries(written.files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const host = new Host(under);
  try {
    await host.ready;
    const lane = await host.line();
    const order = { code: folder, env: written.env ?? {} };
    const loaded = await load(
      lane,
      under,
      { entry: written.entry, signature: written.signature ?? 'auto' },
      order,
    );
    let id = 0;
    const call = async (target: string, sent: Sent = {}): Promise<Answer> => {
      lane.send({
        type: CALL,
        id: ++id,
        aux: 60_000,
        head: headOf(target, sent),
        body: Buffer.from(sent.body ?? ''),
      });
      return answerOf(host, await next(lane));
    };
    await use({ host, lane, folder, loaded, call });
  } finally {
    await host.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One file, one function. */
export function withHandler(
  source: string,
  use: (deployed: Deployed) => Promise<void>,
  more: Partial<Written> = {},
): Promise<void> {
  return withFunction({ files: { 'index.js': source }, entry: 'index.js', ...more }, async (deployed) => {
    assert.equal(deployed.loaded.ok, true, JSON.stringify(deployed.loaded));
    await use(deployed);
  });
}

function headOf(target: string, sent: Sent): string {
  let head = `${sent.method ?? (sent.body === undefined ? 'GET' : 'POST')} ${target}\n`;
  const all = { host: 'example.test', ...sent.headers };
  for (const [name, values] of Object.entries(all)) {
    for (const value of [values].flat()) head += `${name}:${value}\n`;
  }
  return head;
}

async function answerOf(host: Host, frame: Frame): Promise<Answer> {
  let bytes = frame.body;
  if (frame.aux !== 0 && frame.type === 5) {
    const side = await host.line();
    fetchOn(side, frame);
    bytes = await wholeBody(side);
    side.close();
  }
  return {
    status: frame.status,
    flags: frame.flags,
    bytes,
    text: bytes.toString(),
    header: (name) => headers(frame, name)[0],
    headers: (name) => headers(frame, name),
  };
}
