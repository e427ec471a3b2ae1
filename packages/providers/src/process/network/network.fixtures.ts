// A network of other machines, made of a network namespace with an address on the internet, and a pair of interfaces that leads there.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Somebody's on the internet, and not this machine's. Its servers echo what they are told, and say where they were reached. */
export const stranger = '11.22.33.44';
export const strangerPorts = [80, 8443] as const;
/** This machine's, on a network that is nobody's but its own. */
export const privateAddress = '10.213.7.1';

const server = `
const net = require('node:net');
for (const port of ${JSON.stringify(strangerPorts)})
  net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.write('stranger ' + port + ':');
    socket.pipe(socket);
  }).listen(port, '0.0.0.0');
process.stdout.write('there');
`;

export async function otherMachines(): Promise<{ close(): void }> {
  const name = `wh${process.pid % 100_000}`;
  const child = spawn('unshare', ['--net', process.execPath, '-e', server], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const ip = (...args: string[]): unknown => execFileSync('ip', args);
  const there = (...args: string[]): unknown =>
    execFileSync('nsenter', [`--net=/proc/${child.pid}/ns/net`, 'ip', ...args]);
  ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(child.pid));
  ip('addr', 'add', `${privateAddress}/24`, 'dev', name);
  ip('link', 'set', name, 'up');
  there('addr', 'add', `${stranger}/32`, 'dev', 'eth0');
  there('link', 'set', 'eth0', 'up');
  there('route', 'add', '10.213.7.0/24', 'dev', 'eth0');
  ip('route', 'add', stranger, 'dev', name);
  return {
    close() {
      // The interfaces go with the network that holds one end.
      child.kill('SIGKILL');
    },
  };
}
