// Debuggers that get to functions which nobody else gets to: Chrome's protocol for Node, the debug adapter protocol for Python.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { Session } from './dev-session.ts';
import { freePort } from '@wherry/testkit/free-port';
import { Gateway } from './gateway.ts';
import { Project } from './project.ts';
import { unreachable } from './online.ts';

const gateway = await Gateway.start({ after });
const bare = /isolation +none/.test(gateway.output) ? 'without a fence the language itself listens' : false;

/** Chrome's protocol, as far as a breakpoint. */
class Devtools {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (result: unknown) => void>();
  readonly #events = new Map<string, (params: unknown) => void>();
  #next = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const said = JSON.parse(String(data)) as {
        id?: number;
        result?: unknown;
        method?: string;
        params?: unknown;
      };
      if (said.id !== undefined) this.#answers.get(said.id)?.(said.result);
      else this.#events.get(said.method ?? '')?.(said.params);
    });
  }

  static async open(port: number): Promise<Devtools> {
    const [target] = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as {
      webSocketDebuggerUrl: string;
    }[];
    // The address is that of its own network; from here it is the port that was asked for.
    const socket = new WebSocket((target?.webSocketDebuggerUrl ?? '').replace(/:\d+\//, `:${port}/`));
    await new Promise((done, failed) => {
      socket.addEventListener('open', done);
      socket.addEventListener('error', failed);
    });
    return new Devtools(socket);
  }

  ask(method: string, params: unknown = {}): Promise<unknown> {
    const id = ++this.#next;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => this.#answers.set(id, resolve));
  }

  event(method: string): Promise<unknown> {
    return new Promise((resolve) => this.#events.set(method, resolve));
  }

  close(): void {
    this.#socket.close();
  }
}

test('a breakpoint in a Node function', { skip: bare, timeout: 60_000 }, async (t) => {
  const project = Project.at(t, gateway);
  project.write({
    'stack.yaml':
      'provider: {name: openfaas}\nfunctions:\n  looked: {lang: node, handler: ./looked, image: looked}\n',
    'looked/handler.js':
      'module.exports = async (event) => {\n  const secret = `for ${event.body}`;\n  debugger;\n  return secret;\n};\n',
  });
  const port = await freePort();
  const session = new Session(t, project, ['--inspect', '--inspect-port', String(port)]);
  await session.says(/Watching/);
  assert.match(session.text, new RegExp(`Debugger of looked: {2}127\\.0\\.0\\.1:${port}`));
  const devtools = await Devtools.open(port);
  await devtools.ask('Debugger.enable');
  const paused = devtools.event('Debugger.paused');
  const answer = gateway.said('looked', 'you');
  const { callFrames } = (await paused) as {
    callFrames: { callFrameId: string; location: { lineNumber: number } }[];
  };
  const [frame] = callFrames;
  assert.equal(frame?.location.lineNumber, 2);
  const seen = (await devtools.ask('Debugger.evaluateOnCallFrame', {
    callFrameId: frame?.callFrameId,
    expression: 'secret',
  })) as {
    result: { value: string };
  };
  assert.equal(seen.result.value, 'for you');
  await devtools.ask('Debugger.resume');
  assert.equal(await answer, 'for you');
  devtools.close();
  // A new version has the port, and the old one gives it up.
  const from = session.text.length;
  project.write({ 'looked/handler.js': 'module.exports = async () => "2";' });
  await session.says(/looked updated in/, from);
  const again = await Devtools.open(port);
  const product = (await again.ask('Runtime.evaluate', { expression: 'process.versions.node' })) as {
    result: { value: string };
  };
  assert.equal(product.result.value, process.versions.node);
  again.close();
  // A page that the developer has open: its browser says where it is from, and names itself wrong after rebinding.
  for (const line of ['Origin: https://evil.example', 'Origin: http://localhost:3000'])
    assert.equal(await saidTo(port, `GET /json HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${line}\r\n\r\n`), '');
  assert.doesNotMatch(await saidTo(port, 'GET /json HTTP/1.1\r\nHost: evil.example\r\n\r\n'), /devtools/);
  // The control: the same without.
  const own = `GET /json HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`;
  await saidTo(port, own, /webSocketDebuggerUrl/);
});

/** What comes back for these bytes until the other side closes or says no more; fails where what is expected never came. */
async function saidTo(port: number, bytes: string, expected?: RegExp): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(expected === undefined ? 2_000 : 30_000, () => socket.destroy());
  socket.on('error', () => undefined);
  socket.write(bytes);
  let text = '';
  socket.on('data', (piece: Buffer) => {
    text += piece.toString();
    if (expected?.test(text)) socket.destroy();
  });
  await new Promise((done) => socket.once('close', done));
  if (expected !== undefined) assert.match(text, expected);
  return text;
}

test('the port is the machine’s own, and not everybody’s to open', { skip: bare }, async () => {
  const token = (await (
    await gateway.system('POST', '/system/tokens', { name: 'deployer', scopes: ['deploy'] })
  ).json()) as { token: string };
  const image = 'ghcr.io/openfaas/figlet:latest';
  const annotations = { 'com.wherry.debug': '9333' };
  const refused = await gateway.system(
    'POST',
    '/system/functions',
    { service: 'sneaky', image, annotations },
    { authorization: `Bearer ${token.token}` },
  );
  assert.equal(refused.status, 403);
  assert.match(await refused.text(), /com\.wherry\.debug opens a port/);
  for (const wrong of ['80', 'yes', '9229,now', '70000']) {
    const said = await gateway.system('POST', '/system/functions', {
      service: 'wrong',
      image,
      annotations: { 'com.wherry.debug': wrong },
    });
    assert.equal(said.status, 400, wrong);
  }
});

const offline = await unreachable('https://pypi.org/simple/debugpy/');

test('a debugger of Python, which the code waits for', {
  skip: bare || offline,
  timeout: 120_000,
}, async (t) => {
  const project = Project.at(t, gateway);
  project.write({
    'stack.yaml':
      'provider: {name: openfaas}\nfunctions:\n  snake: {lang: python3-http, handler: ./snake, image: snake}\n',
    'snake/handler.py': 'def handle(event, context):\n    return {"statusCode": 200, "body": "hissed"}\n',
    'snake/requirements.txt': '',
  });
  const port = await freePort();
  const session = new Session(t, project, ['--inspect=wait', '--inspect-port', String(port)]);
  await session.says(/its code waits for one/);
  const { adapter, capabilities } = await Adapter.open(port);
  assert.equal(
    (capabilities as { supportsConfigurationDoneRequest?: boolean }).supportsConfigurationDoneRequest,
    true,
  );
  void adapter.ask('attach', { justMyCode: false });
  await adapter.event('initialized');
  assert.doesNotMatch(session.text, /snake created/);
  await adapter.ask('setBreakpoints', {
    source: { path: '/function/code/handler.py' },
    breakpoints: [{ line: 2 }],
  });
  await adapter.ask('configurationDone');
  await session.says(/snake created in/);
  const stopped = adapter.event('stopped');
  const answer = gateway.said('snake');
  const { threadId, reason } = (await stopped) as { threadId: number; reason: string };
  assert.equal(reason, 'breakpoint');
  await adapter.ask('continue', { threadId });
  assert.equal(await answer, 'hissed');
  adapter.close();
  // A page's form can post what looks like the protocol after its own first line.
  const message = '{"seq":1,"type":"request","command":"initialize","arguments":{"adapterID":"x"}}';
  const protocol = `Content-Length: ${message.length}\r\n\r\n${message}`;
  const form = `POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${protocol}`;
  assert.equal(await saidTo(port, form), '');
  // The control.
  await saidTo(port, protocol, /debugpySockets|output|initialize/);
});

/** The debug adapter protocol, as far as a breakpoint. */
class Adapter {
  readonly #socket: ReturnType<typeof connect>;
  readonly #answers = new Map<number, (body: unknown) => void>();
  readonly #events = new Map<string, (body: unknown) => void>();
  #seen = new Map<string, unknown>();
  #text = Buffer.alloc(0);
  #next = 0;

  constructor(socket: ReturnType<typeof connect>) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
  }

  /** Tries until somebody answers: the port is there as soon as it was announced, the debugger a moment later. */
  static async open(port: number): Promise<{ adapter: Adapter; capabilities: unknown }> {
    for (;;) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      const adapter = new Adapter(socket);
      const closed = new Promise<undefined>((resolve) => socket.once('close', () => resolve(undefined)));
      const asked = adapter.ask('initialize', { adapterID: 'test', pathFormat: 'path' });
      const capabilities = await Promise.race([asked, closed]);
      if (capabilities !== undefined) return { adapter, capabilities };
    }
  }

  ask(command: string, args: unknown = {}): Promise<unknown> {
    const seq = ++this.#next;
    const text = JSON.stringify({ seq, type: 'request', command, arguments: args });
    this.#socket.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    return new Promise((resolve) => this.#answers.set(seq, resolve));
  }

  event(name: string): Promise<unknown> {
    if (this.#seen.has(name)) {
      const body = this.#seen.get(name);
      this.#seen.delete(name);
      return Promise.resolve(body);
    }
    return new Promise((resolve) => this.#events.set(name, resolve));
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    this.#text = Buffer.concat([this.#text, bytes]);
    for (;;) {
      const head = /^Content-Length: (\d+)\r\n(?:.+\r\n)*\r\n/.exec(this.#text.toString('latin1'));
      if (head === null) return;
      const from = head[0].length;
      const to = from + Number(head[1]);
      if (this.#text.length < to) return;
      const said = JSON.parse(this.#text.subarray(from, to).toString()) as {
        type: string;
        request_seq: number;
        event: string;
        body: unknown;
      };
      this.#text = this.#text.subarray(to);
      if (said.type === 'response') this.#answers.get(said.request_seq)?.(said.body);
      else if (said.type === 'event') {
        const waiting = this.#events.get(said.event);
        if (waiting === undefined) this.#seen.set(said.event, said.body);
        else this.#events.delete(said.event);
        waiting?.(said.body);
      }
    }
  }
}
