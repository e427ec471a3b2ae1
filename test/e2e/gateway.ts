// The real gateway as a process of its own, for tests that look at it from outside.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageImage } from '@wherry/core/packages';
import { archive, type Files } from './archive.ts';

const root = join(import.meta.dirname, '../..');

export interface Options {
  /** Further flags of `wherry server`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A descriptor that is left open for it, as its 77th. */
  readonly descriptor?: number;
  /** A program and its flags that run it, such as a tracer. */
  readonly under?: readonly string[];
  /** A clone to run it from; else this one. */
  readonly clone?: string;
  /** Kept from an earlier gateway; else a fresh one that goes with the test. */
  readonly home?: string;
}

/** How a function is deployed from files; the rest of the deployment as OpenFaaS spells it. */
export interface Function {
  readonly name: string;
  readonly files: Files;
  readonly runtime?: string;
  readonly entry?: string;
  readonly signature?: string;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** A private data folder; its path is short, because sockets are made below it. */
export function freshHome(): string {
  return mkdtempSync(join(tmpdir(), 'wherry-'));
}

export class Gateway {
  readonly home: string;
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  url = '';
  metricsUrl = '';
  output = '';
  /** Whether it was told to end. */
  #asked = false;

  private constructor(home: string, { args = [], env = {}, descriptor, clone = root, under = [] }: Options) {
    const launcher = join(clone, 'apps/cli/bin/wherry.mjs');
    this.home = home;
    const flags = ['--port', '0', '--metrics-port', '0', '--dashboard-port', '0', ...args];
    const [program = '', ...rest] = [...under, process.execPath, launcher, 'server', ...flags];
    this.process = spawn(program, rest, {
      env: { ...cleanEnv(), WHERRY_HOME: home, ...env },
      stdio: [
        'ignore',
        'pipe',
        'pipe',
        ...(descriptor === undefined ? [] : [...Array<'ignore'>(74).fill('ignore'), descriptor]),
      ],
    });
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.on('data', (bytes) => (this.output += bytes));
    this.ended = new Promise((resolve) => this.process.once('exit', resolve));
  }

  /** Starts one and waits until it answers; it goes with the test. */
  static async start(t: { after(fn: () => Promise<void>): void }, options: Options = {}): Promise<Gateway> {
    const home = options.home ?? freshHome();
    const gateway = new Gateway(home, options);
    t.after(async () => {
      // One that ended by itself takes its last words along, unless they are told now.
      const { exitCode, signalCode } = gateway.process;
      if (!gateway.#asked && (exitCode !== null || signalCode !== null))
        process.stderr.write(
          `the gateway ended with ${exitCode ?? signalCode}:\n${gateway.output.slice(-4000)}\n`,
        );
      await gateway.stop();
      if (options.home === undefined) rmSync(home, { recursive: true, force: true });
    });
    await gateway.#ready();
    return gateway;
  }

  /** Starts one that is expected to refuse. Resolves with its exit code and what it said. */
  static async refused(options: Options = {}): Promise<{ code: number | null; output: string }> {
    const home = options.home ?? freshHome();
    const gateway = new Gateway(home, options);
    // One that starts all the same must not be waited for.
    gateway.process.stdout?.on('data', () => /^ready http/m.test(gateway.output) && gateway.process.kill());
    const code = await gateway.ended;
    await new Promise((resolve) => setImmediate(resolve));
    if (options.home === undefined) rmSync(home, { recursive: true, force: true });
    return { code, output: gateway.output };
  }

  get token(): string {
    return readFileSync(join(this.home, 'admin.token'), 'utf8').trim();
  }

  get admin(): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${this.token}` };
  }

  /** A request to the API with the admin token. */
  system(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    return fetch(`${this.url}${path}`, { method, headers: { ...this.admin, ...headers }, ...json });
  }

  call(name: string, init: RequestInit = {}, path = ''): Promise<Response> {
    return fetch(`${this.url}/function/${name}${path}`, { redirect: 'manual', ...init });
  }

  /** What a function answers to a body, as text. Throws when it is not a success. */
  async said(name: string, body = '', path = ''): Promise<string> {
    const response = await this.call(
      name,
      { method: 'POST', body, headers: { 'content-type': 'text/plain' } },
      path,
    );
    const text = await response.text();
    if (!response.ok) throw new Error(`${name} answered ${response.status}: ${text}`);
    return text;
  }

  /** Uploads an archive as it is. */
  upload(bytes: Uint8Array, query = ''): Promise<Response> {
    return fetch(`${this.url}/system/packages${query}`, {
      method: 'PUT',
      headers: this.admin,
      body: bytes as Uint8Array<ArrayBuffer>,
    });
  }

  /** Packs, uploads and deploys. The response is the deployment's. */
  async tryDeploy(fn: Function): Promise<Response> {
    const entry = fn.entry ?? (Object.keys(fn.files)[0] as string);
    const runtime = fn.runtime ?? (entry.endsWith('.py') ? 'python' : 'node');
    const uploaded = await this.upload(
      await archive({ runtime, entry, signature: fn.signature ?? 'auto' }, fn.files),
    );
    if (!uploaded.ok) return uploaded;
    const { digest } = (await uploaded.json()) as { digest: string };
    return this.system('POST', '/system/functions', {
      service: fn.name,
      image: packageImage(fn.name, digest),
      ...fn.spec,
    });
  }

  async deploy(fn: Function): Promise<void> {
    const response = await this.tryDeploy(fn);
    if (!response.ok) throw new Error(`deploying ${fn.name}: ${response.status} ${await response.text()}`);
  }

  /** An orderly end; resolves when the process is gone. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.#asked = true;
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill(signal);
    return this.ended;
  }

  async #ready(): Promise<void> {
    const said = new Promise<boolean>((resolve) => {
      const look = (): void => {
        if (/^(?:\{.*"message":")?ready http/m.test(this.output)) resolve(true);
      };
      this.process.stdout?.on('data', look);
      void this.ended.then(() => resolve(false));
    });
    if (!(await said)) throw new Error(`the gateway did not start:\n${this.output}`);
    const file = JSON.parse(readFileSync(join(this.home, 'server.json'), 'utf8')) as {
      url: string;
      metricsUrl: string;
    };
    this.url = file.url;
    this.metricsUrl = file.metricsUrl;
  }
}

/** The folder that Node was started from must not leak settings into the gateway under test. */
function cleanEnv(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([key]) => !key.startsWith('WHERRY_') && !key.startsWith('NODE_') && !key.startsWith('OPENFAAS_'),
  );
  return { ...Object.fromEntries(kept), PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };
}
