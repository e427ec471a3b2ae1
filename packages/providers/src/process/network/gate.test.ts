import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { callOn, Machine, noFences, type Sandboxed, until } from '../machine.fixtures.ts';
import { otherMachines, privateAddress, stranger } from './network.fixtures.ts';

const missing = noFences();
const options = { skip: missing, timeout: 60_000 };

let machine: Machine;
let others: { close(): void };
/** Listens on the private address, on loopback and on every address at once. */
let own: net.Server;
let port: number;

before(async () => {
  if (missing !== false) return;
  others = await otherMachines();
  machine = await Machine.open();
  own = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.write('own:');
    socket.pipe(socket);
  });
  own.listen(0, '0.0.0.0');
  await once(own, 'listening');
  port = (own.address() as AddressInfo).port;
});

after(async () => {
  own?.close();
  await machine?.close();
  others?.close();
});

/** Connections of this machine to a port, as the kernel has them; not those that are over and only remembered. */
function connectionsTo(remote: number): number {
  const hex = remote.toString(16).toUpperCase().padStart(4, '0');
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  return lines.filter((line) => new RegExp(`^ *\\d+: \\S+ \\S+:${hex} (?!06)`).test(line)).length;
}

const granted = (grant: string): Promise<Sandboxed> =>
  machine.python({
    name: `f${Math.random().toString(36).slice(2)}`,
    annotations: { 'com.wherry.network': grant },
  });

/** What a connection to each of the targets says, and how it fails. */
const probe = (targets: readonly (readonly [string, number])[]): string => `
import socket
def tried(target):
    try:
        with socket.create_connection(target, 5) as s:
            s.settimeout(5); s.sendall(b'hi'); s.shutdown(socket.SHUT_WR)
            said = b''
            while (more := s.recv(100)): said += more
            return said.decode()
    except OSError as e: return type(e).__name__
out = [tried(tuple(t)) for t in ${JSON.stringify(targets)}]`;

test(
  'internet reaches a stranger at any port, by address and by name, and both halves of the talk end well',
  options,
  async () => {
    machine.names.set('stranger.example', ['::1', stranger]);
    const fn = await granted('internet');
    const said = await fn.run(
      probe([
        [stranger, 80],
        [stranger, 8443],
        ['stranger.example', 80],
      ]),
    );
    assert.deepEqual(said, ['stranger 80:hi', 'stranger 8443:hi', 'stranger 80:hi']);
  },
);

test(
  'internet reaches neither this machine nor its networks nor metadata, and each refusal says what to add',
  options,
  async () => {
    const fn = await granted('internet');
    machine.names.set('inside.example', [privateAddress]);
    const targets: [string, number][] = [
      [privateAddress, port],
      ['inside.example', port],
      ['169.254.169.254', 80],
      ['198.18.77.77', 80],
    ];
    for (const answer of await fn.run<string[]>(probe(targets))) assert.match(answer, /Error$/);
    const told = machine.contacts.filter(({ instance }) => instance === fn.id);
    assert.deepEqual(
      told.map(({ target, outcome, line }) => [target, outcome, line]),
      [
        [`${privateAddress}:${port}`, 'refused', `com.wherry.network: "internet,${privateAddress}:${port}"`],
        [`inside.example:${port}`, 'refused', `com.wherry.network: "internet,inside.example:${port}"`],
        ['169.254.169.254:80', 'refused', undefined],
        ['198.18.77.77:80', 'refused', undefined],
      ],
    );
    await until('the log says it', () =>
      machine.lines.some(
        ({ instance, text }) =>
          instance === fn.id &&
          text.includes(`to allow it: com.wherry.network: "internet,inside.example:${port}"`),
      ),
    );
  },
);

test(
  'its own loopback is its own: what it says to itself is not steered, and nobody of the machine is there',
  options,
  async () => {
    const fn = await granted('internet');
    const said = await fn.run(`
import socket
l = socket.socket(); l.bind(('127.0.0.1', 0)); l.listen()
c = socket.create_connection(l.getsockname(), 2); s, _ = l.accept(); s.sendall(b'me')
def refused(target):
    try: socket.create_connection(target, 2); return 'connected'
    except OSError as e: return type(e).__name__
out = [c.recv(9).decode(), refused(('127.0.0.1', ${port})), refused(('127.0.0.1', 1)), refused(('::1', ${port}))]`);
    const [me, loopback, gate, six] = said as string[];
    assert.deepEqual([me, loopback, six], ['me', 'ConnectionRefusedError', 'ConnectionRefusedError']);
    assert.match(gate as string, /^(connected|ConnectionResetError)$/);
    // The kernel says that it is connected before the gate has looked.
    await until('the gate says so', () =>
      machine.contacts.some(
        ({ instance, target, outcome }) =>
          instance === fn.id && target === '127.0.0.1:1' && outcome === 'refused',
      ),
    );
  },
);

test('an address with a port is reached, and nothing beside it', options, async () => {
  const fn = await granted(`${privateAddress}:${port}`);
  const said = await fn.run<string[]>(
    probe([
      [privateAddress, port],
      [privateAddress, port + 1],
      [stranger, 80],
      ['10.213.7.2', port],
    ]),
  );
  assert.equal(said[0], 'own:hi');
  for (const other of said.slice(1)) assert.match(other, /Error$/);
  // The control: with the neighbour granted as well, it is reached.
  const wider = await granted(`${privateAddress}:${port},${stranger}:80`);
  assert.deepEqual(await wider.run(probe([[stranger, 80]])), ['stranger 80:hi']);
});

test('a network with a port is reached at that port', options, async () => {
  const fn = await granted(`10.213.0.0/16:${port}`);
  const said = await fn.run<string[]>(
    probe([
      [privateAddress, port],
      [stranger, 80],
    ]),
  );
  assert.deepEqual([said[0], said[1]?.endsWith('Error')], ['own:hi', true]);
});

test(
  'a name is looked up for each connection: one that was moved inside the machine is refused from then on',
  options,
  async () => {
    machine.names.set('db.example', [privateAddress]);
    const fn = await granted(`db.example:${port}`);
    const resolved = 'import socket; out = socket.gethostbyname("db.example")';
    const address = await fn.run<string>(resolved);
    assert.match(address, /^198\.18\./);
    assert.deepEqual(await fn.run(probe([[address, port]])), ['own:hi']);
    for (const elsewhere of ['127.0.0.1', '169.254.169.254', '::1']) {
      machine.names.set('db.example', [elsewhere]);
      const [said] = await fn.run<string[]>(probe([[address, port]]));
      assert.match(said as string, /Error$/, elsewhere);
    }
    machine.names.set('db.example', [privateAddress]);
    assert.deepEqual(
      await fn.run(probe([[address, port]])),
      ['own:hi'],
      'the control: moved back, it is reached again',
    );
  },
);

test('names that are not granted are not asked for outside: nothing leaves by them', options, async () => {
  const fn = await granted(`db.example:${port}`);
  machine.asked.length = 0;
  const [said] = await fn.run<string[]>(probe([['the-secret-is-42.evil.example', 443]]));
  assert.match(said as string, /Error$/);
  assert.deepEqual(machine.asked, []);
  const refusal = machine.contacts.find(
    ({ instance, outcome }) => instance === fn.id && outcome === 'refused',
  );
  assert.equal(refusal?.line, `com.wherry.network: "db.example:${port},the-secret-is-42.evil.example:443"`);
});

test(
  'a name that there is not is said to be none; of those there are, nothing but the address is told',
  options,
  async () => {
    const fn = await granted('internet');
    machine.names.set('stranger.example', [stranger]);
    const said = await fn.run(`
import socket
def tried(f):
    try: return f()
    except socket.gaierror as e: return e.errno == socket.EAI_NONAME
out = [tried(lambda: socket.getaddrinfo('no.such.example', 80)), tried(lambda: socket.getaddrinfo('stranger.example', 80, socket.AF_INET6)),
       socket.gethostbyname('localhost'), len(socket.getaddrinfo('stranger.example', 80, type=socket.SOCK_STREAM))]`);
    assert.equal((said as unknown[])[0], true);
    assert.deepEqual((said as unknown[]).slice(2), ['127.0.0.1', 1]);
  },
);

test('rubbish at the port for names is passed over, and names are answered after it', options, async () => {
  const fn = await granted('internet');
  machine.names.set('stranger.example', [stranger]);
  const said = await fn.run<string>(`
import socket, os
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for n in (0, 1, 11, 12, 13, 100, 512, 4000):
    for _ in range(50): s.sendto(os.urandom(n), ('127.0.0.1', 53))
s.sendto(bytes([0,1,1,0,0,1,0,0,0,0,0,0]) + b'\\xc0\\x0c' + bytes([0,1,0,1]), ('127.0.0.1', 53))
out = socket.gethostbyname('stranger.example')`);
  assert.match(said, /^198\.18\./);
});

test('a connection that nobody takes at the other end is told, not as refused by us', options, async () => {
  const fn = await granted('internet');
  const [said] = await fn.run<string[]>(probe([[stranger, 81]]));
  assert.match(said as string, /Error$/);
  const contact = machine.contacts.find(({ instance }) => instance === fn.id);
  assert.deepEqual([contact?.outcome, contact?.why], ['failed', `connect ECONNREFUSED ${stranger}:81`]);
});

test('packets other than TCP go nowhere', options, async () => {
  const fn = await granted('internet');
  const said = await fn.run<string>(`
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2); s.connect(('${stranger}', 80))
out = 'answered'
try:
    s.send(b'x'); s.recv(9)
except OSError as e: out = type(e).__name__`);
  assert.match(said, /^(ConnectionRefusedError|TimeoutError)$/);
});

test(
  'much goes through in both directions, unharmed, and a broken connection is not taken for an ended one',
  options,
  async () => {
    const fn = await granted('internet');
    const said = await fn.run<unknown[]>(`
import socket, hashlib, os, threading
data = os.urandom(1 << 20) * 32
s = socket.create_connection(('${stranger}', 8443), 5)
def send():
    s.sendall(data); s.shutdown(socket.SHUT_WR)
t = threading.Thread(target=send); t.start()
got = b''.join(iter(lambda: s.recv(1 << 20), b''))
t.join()
out = [len(got) - len('stranger 8443:'), hashlib.sha256(got[len('stranger 8443:'):]).hexdigest() == hashlib.sha256(data).hexdigest()]`);
    assert.deepEqual(said, [32 * 2 ** 20, true]);
    const breaks = net.createServer((socket) => {
      socket.write('half');
      socket.once('data', () => socket.resetAndDestroy());
    });
    breaks.listen(0, privateAddress);
    await once(breaks, 'listening');
    const at = (breaks.address() as AddressInfo).port;
    const other = await granted(`${privateAddress}:${at}`);
    const broken = await other.run<string>(`
import socket
s = socket.create_connection(('${privateAddress}', ${at}), 5)
out = s.recv(4).decode(); s.sendall(b'go')
try: out += repr(s.recv(9))
except ConnectionResetError: out += ' reset'`);
    breaks.close();
    assert.equal(broken, 'half reset');
  },
);

test(
  'with the instance its network goes: no socket of ours is left, and nothing listens for it',
  options,
  async () => {
    const fn = await granted('internet');
    await fn.run(probe([[stranger, 80]]));
    const sockets = (): number =>
      process.getActiveResourcesInfo().filter((one) => /TCP|UDP/.test(one)).length;
    const before = sockets();
    await fn.stop();
    await until('its sockets are closed', () => sockets() < before);
  },
);

test('without a network, the error that a function sees names the line to add', options, async () => {
  const none = await machine.python({ name: 'none' });
  const python = await none.run<string[]>(`
import socket, urllib.request
def tried(f):
    try: f(); return 'connected'
    except OSError as e: return str(e)
out = [tried(lambda: socket.create_connection(('api.example', 443), 2)), tried(lambda: socket.create_connection(('1.2.3.4', 25), 2)),
       tried(lambda: urllib.request.urlopen('https://api.example/'))]`);
  const line = (target: string): RegExp =>
    new RegExp(`to allow it: com\\.wherry\\.network: "${target.replaceAll('.', '\\.')}"`);
  assert.match(python[0] as string, line('api.example:443'));
  assert.match(python[1] as string, line('1.2.3.4:25'));
  assert.match(python[2] as string, line('api.example:443'));
  const handler = `
    const net = require('node:net');
    const own = net.connect({ port: 1, host: null }).once('error', () => {});
    const socket = () => new Promise((resolve) => net.connect(25, '1.2.3.4').once('error', (e) => resolve(e.message)));
    const cause = (url) => fetch(url).catch((e) => e.cause.stack.split('\\n')[0]);
    exports.handler = async (event, context) => context.succeed([await cause('https://api.example/'), await cause('http://api.example/'), await socket()]);`;
  const instance = await machine.start(machine.deployment({ 'index.js': handler }, {}, { name: 'node' }));
  const channel = await machine.forwarder.open(instance.endpoint, () => undefined);
  const node = JSON.parse((await callOn(channel)).body) as string[];
  assert.match(node[0] as string, line('api.example:443'));
  assert.match(node[1] as string, line('api.example:80'));
  assert.match(node[2] as string, line('1.2.3.4:25'));
});

test(
  'questions that nobody asks are not looked into: many at once, or larger than any',
  options,
  async () => {
    const fn = await granted('internet');
    machine.names.set('stranger.example', [stranger]);
    // Reading one of the first kind took 80 ms of everybody's time.
    const said = await fn.run<unknown[]>(`
import socket, struct, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
name = b''.join(b'\\x01a' for _ in range(126)) + b'\\0'
many = struct.pack('>6H', 1, 0x100, 10874, 0, 0, 0) + name + b'\\0\\1\\0\\1' + b'\\xc0\\x0c\\0\\1\\0\\1' * 10873
large = struct.pack('>6H', 1, 0x100, 1, 0, 0, 0) + b'\\x01a\\0\\0\\1\\0\\1' + bytes(2000)
answered = []
for message in (many[:65507], large):
    for _ in range(20): s.sendto(message, ('127.0.0.1', 53))
s.settimeout(1)
try: answered.append(s.recv(100))
except TimeoutError: pass
out = [len(answered), socket.gethostbyname('stranger.example')]`);
    assert.equal(said[0], 0);
    assert.match(String(said[1]), /^198\.18\./);
  },
);

test('an address that no interface shows is this machine’s all the same', options, async (t) => {
  execFileSync('ip', ['route', 'add', 'local', '9.9.79.0/24', 'dev', 'lo']);
  t.after(() => execFileSync('ip', ['route', 'del', 'local', '9.9.79.0/24', 'dev', 'lo']));
  const explicit = await granted(`9.9.79.5:${port}`);
  assert.deepEqual(
    await explicit.run(probe([['9.9.79.5', port]])),
    ['own:hi'],
    'the control: named, it is reached',
  );
  const fn = await granted('internet');
  // The kernel's tables are looked at twice a second.
  let said = 'own:hi';
  for (let tries = 0; said === 'own:hi' && tries < 50; tries++)
    [said = ''] = await fn.run<string[]>(probe([['9.9.79.5', port]]));
  assert.match(said, /Error$/);
});

test(
  'nothing is left of connections whose other end does not close, nor of those that were given up too early',
  options,
  async (t) => {
    const sockets = new Set<net.Socket>();
    const lazy = net.createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      socket.resume();
    });
    lazy.listen(0, privateAddress);
    t.after(() => {
      for (const socket of sockets) socket.destroy();
      lazy.close();
    });
    await once(lazy, 'listening');
    const at = (lazy.address() as AddressInfo).port;
    const fn = await granted(`${privateAddress}:${at},slow.example:${at}`);
    await fn.run(`
import socket
for _ in range(20):
    s = socket.create_connection(('${privateAddress}', ${at}), 5); s.sendall(b'x'); s.close()`);
    await until('they have come', () => sockets.size === 20 && connectionsTo(at) > 0);
    const name = 'import socket; socket.gethostbyname("slow.example")';
    machine.slow = Promise.resolve([privateAddress]);
    await fn.run(name);
    const { promise, resolve } = Promise.withResolvers<readonly string[]>();
    machine.slow = promise;
    const asked = (): number => machine.asked.filter((one) => one === 'slow.example').length;
    const before = asked();
    await fn.run(`
import socket, struct
for _ in range(10):
    s = socket.socket(); s.connect(('198.18.0.1', ${at}))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); s.close()`);
    await until('each is asked for', () => asked() === before + 10);
    await fn.stop();
    resolve([privateAddress]);
    await until('none of ours is left', () => connectionsTo(at) === 0);
  },
);
