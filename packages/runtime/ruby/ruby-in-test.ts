// A Ruby host with a function loaded, and the few ways in which the tests of user code talk to it.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import {
  ANSWER,
  CALL,
  FETCH,
  type Frame,
  HEAD,
  Host,
  type Line,
  LOAD,
  LOADED,
} from '../conformance/driver.ts';
import { host as ruby } from './host.fixtures.ts';

const hosts: Host[] = [];
after(() => Promise.all(hosts.map((host) => host.kill())));

export interface Started {
  readonly host: Host;
  readonly lane: Line;
  readonly loaded: Record<string, unknown>;
}

/** A host that has answered LOAD, well or not. */
async function begun(entry: string, more: object): Promise<Started> {
  const host = new Host(ruby);
  hosts.push(host);
  await host.ready;
  const lane = await host.line();
  const order = { namespace: 'test', name: 'f', version: 1, code: ruby.fixtures, signature: 'auto', env: {} };
  lane.send({ type: LOAD, head: JSON.stringify({ ...order, entry, ...more }) });
  const loaded = await lane.frame();
  assert.equal(loaded?.type, LOADED);
  return { host, lane, loaded: JSON.parse(Buffer.from(loaded.head, 'latin1').toString()) };
}

export async function started(entry: string, more: object = {}): Promise<Started> {
  const running = await begun(entry, more);
  assert.equal(running.loaded.ok, true, JSON.stringify(running.loaded));
  return running;
}

/** What LOADED says. */
export async function load(entry: string, more: object = {}): Promise<Record<string, unknown>> {
  return (await begun(entry, more)).loaded;
}

export function get(id: number, target: string, body = '', more = ''): Partial<Frame> {
  return { type: CALL, id, aux: 60_000, head: `GET ${target}\nhost:x\n${more}`, body: Buffer.from(body) };
}

export async function ask(lane: Line, target: string, body = '', more = ''): Promise<Frame> {
  lane.send(get(7, target, body, more));
  const answer = await lane.frame();
  assert.equal(answer?.type, ANSWER, target);
  return answer;
}

/** The body of an answer that streams on a side connection. */
export async function streamed(side: Line): Promise<Buffer> {
  assert.equal((await side.frame())?.type, HEAD);
  return whole(side);
}

/** The body of an answer that is announced on the lane, fetched. */
export async function converse(host: Host, lane: Line, target: string): Promise<Buffer> {
  lane.send(get(8, target));
  const head = await lane.frame();
  assert.equal(head?.type, HEAD);
  const side = await host.line();
  side.send({ type: FETCH, aux: head.aux });
  return whole(side);
}

async function whole(side: Line): Promise<Buffer> {
  const pieces: Buffer[] = [];
  assert.ok(await side.body((piece) => void pieces.push(piece)), 'the body was cut short');
  return Buffer.concat(pieces);
}
