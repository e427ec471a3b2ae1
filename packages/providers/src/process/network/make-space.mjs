// Runs for a moment inside a new, empty network: makes every address an address of this network, and hands the two sockets at which whatever
// the function says arrives to the gateway, over Node's channel to the parent. The sockets stay in this network wherever they are held.
// Plain JavaScript, so that nothing needs to be compiled at a start. Argument: {"steering": PATH or null, "section", "port", "ports": [...]}.
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

const { steering, section, port, ports } = JSON.parse(process.argv[2]);

function run(command, args, input) {
  execFileSync(command, args, { input, stdio: ['pipe', 'ignore', 'pipe'], timeout: 5000 });
}

async function listening(at) {
  const server = createServer();
  // One socket for both families; a machine without IPv6 has one for IPv4.
  for (const host of ['::', '0.0.0.0']) {
    try {
      server.listen({ host, port: at, backlog: 511 });
      await once(server, 'listening');
      return server;
    } catch (error) {
      if (host === '0.0.0.0') throw error;
    }
  }
}

function send(message, handle) {
  return new Promise((resolve, reject) =>
    process.send(message, handle, (error) => (error === null ? resolve() : reject(error))),
  );
}

try {
  run('ip', ['-batch', '-'], 'link set lo up\nroute add local 0.0.0.0/0 dev lo\n');
  try {
    run('ip', ['-6', 'route', 'add', 'local', '::/0', 'dev', 'lo']);
  } catch {
    // No IPv6 on this machine.
  }
  if (steering !== null) {
    run('tc', ['qdisc', 'add', 'dev', 'lo', 'clsact']);
    const program = ['object-file', steering, 'section', section];
    run('tc', ['filter', 'add', 'dev', 'lo', 'ingress', 'bpf', 'direct-action', ...program]);
  }
  const names = createSocket('udp4');
  names.bind(53, '127.0.0.1');
  await once(names, 'listening');
  const servers = await Promise.all((steering === null ? ports : [port]).map(listening));
  // The parent has asked for the network by our process id, and says when it holds it. Until then this keeps us here.
  process.once('disconnect', () => process.exit(0));
  await send({ kind: 'names' }, names);
  for (const server of servers) await send({ kind: 'listener' }, server);
  // They are the gateway's alone before it may use them: what this process accepted would end with it.
  for (const socket of [names, ...servers]) socket.close();
  await send({ kind: 'done' });
} catch (error) {
  const said = String(error.stderr ?? '').trim() || error.message;
  process.send({ kind: 'failed', why: said.split('\n')[0].slice(0, 300) }, () => process.exit(1));
}
