// What the suite has to know of a host, and how a test gets one with its function loaded.
import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { CALL, type Frame, Host, type HostOptions, type Line, LOAD, LOADED } from './driver.ts';

export const BEHAVIOURS = [
  'hello',
  'echo',
  'answer',
  'pipe',
  'big',
  'endless',
  'count',
  'refuse',
  'gate',
  'events',
  'patient',
  'throws',
  'environment',
  'exits',
  'uncaught',
  'stops',
  'syntax',
  'raises',
  'nothing',
] as const;

export type Behaviour = (typeof BEHAVIOURS)[number];
export type Fixture = { entry: string; signature?: string } | { skip: string };

export interface HostUnderTest extends HostOptions {
  /** What the ready line must say. */
  runtime: string;
  /** The `code` folder of every LOAD. */
  fixtures: string;
  entries: Record<Behaviour, Fixture>;
  /** Threads of the language itself that look up now and then, and that nothing stops. */
  timers?: RegExp;
}

/** A host that runs, with its lane. */
export interface Running {
  host: Host;
  lane: Line;
}

/** Makes `it(behaviour, title, body)` for one host: each test has a process of its own, loaded with the fixture. */
export function testsOf(under: HostUnderTest) {
  return function it(
    behaviour: Behaviour,
    title: string,
    body: (running: Running, t: TestContext) => Promise<void>,
  ): void {
    const fixture = under.entries[behaviour];
    if ('skip' in fixture) {
      test(title, { skip: fixture.skip }, () => {});
      return;
    }
    // A virtual machine starts slowly where four do, and the host's own times come on top.
    test(title, { timeout: 120_000 }, async (t) => {
      const starting = start(under, fixture);
      // A test that is given up must not leave its host behind.
      t.signal.addEventListener('abort', () => void starting.then(({ host }) => host.kill()));
      const running = await starting;
      try {
        await body(running, t);
      } finally {
        await running.host.kill();
      }
    });
  };
}

/** Starts a host and loads the fixture. */
export async function start(
  under: HostUnderTest,
  fixture: Fixture,
  order: Record<string, unknown> = {},
): Promise<Running> {
  const host = new Host(under);
  await host.ready;
  const lane = await host.line();
  const answer = await load(lane, under, fixture, order);
  assert.equal(answer.ok, true, JSON.stringify(answer));
  return { host, lane };
}

export async function load(
  lane: Line,
  under: HostUnderTest,
  fixture: Fixture,
  order: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  assert.ok('entry' in fixture);
  const { entry, signature = 'auto' } = fixture;
  const common = {
    namespace: 'openfaas-fn',
    name: 'fixture',
    version: 1,
    code: under.fixtures,
    concurrency: 0,
    env: {},
  };
  lane.send({
    type: LOAD,
    head: JSON.stringify({ ...common, entry, signature, contained: false, ...order }),
  });
  const frame = await lane.frame();
  assert.equal(frame?.type, LOADED);
  return JSON.parse((frame as Frame).head);
}

/** Sends a call whose body fits into its frame. */
export function call(
  line: Line,
  id: number,
  target: string,
  more: Partial<Frame> & { method?: string } = {},
): void {
  const { method = 'GET', head = '', ...rest } = more;
  line.send({
    type: CALL,
    id,
    aux: 60_000,
    head: `${method} ${target}\nhost:example.test\n${head}`,
    ...rest,
  });
}

/** The next frame on the lane, which must be there. */
export async function next(line: Line): Promise<Frame> {
  const frame = await line.frame();
  assert.ok(frame !== null, 'the host ended the connection');
  return frame;
}

/** A sandbox in which a host is alone in its process namespace, or nothing. */
export function ownProcessNamespace(): string[] | undefined {
  const wrapper = ['bwrap', '--dev-bind', '/', '/', '--proc', '/proc', '--unshare-pid', '--die-with-parent'];
  if (!existsSync('/proc/self/ns/pid')) return undefined;
  return spawnSync(wrapper[0] as string, [...wrapper.slice(1), 'true']).status === 0 ? wrapper : undefined;
}
