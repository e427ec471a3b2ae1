// A real authority that speaks ACME: Pebble, the test server of those who run Let's Encrypt; and a name server that says where names lead.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { decode, encode } from 'dns-packet';
import { freePort } from '@wherry/testkit/free-port';

export const noPebble =
  spawnSync('pebble', ['-help']).error === undefined ? false : 'pebble is not installed';

export class Pebble {
  readonly directory: string;
  /** Vouches for Pebble's own server. */
  readonly ca: string;
  /** Names that lead here. */
  readonly names = new Set<string>();
  readonly #management: string;
  readonly #process: ChildProcess;
  readonly #nameServer: Socket;
  output = '';

  private constructor(folder: string, ports: readonly number[], nameServer: Socket) {
    const [port = 0, management = 0, httpPort = 0, tlsPort = 0] = ports;
    this.directory = `https://localhost:${port}/dir`;
    this.#management = `https://localhost:${management}`;
    this.ca = join(folder, 'pebble.crt');
    this.#nameServer = nameServer;
    const key = join(folder, 'pebble.key');
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', this.ca, '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...made, ...names], { stdio: 'ignore' });
    const config = join(folder, 'pebble.json');
    const pebble = {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: `127.0.0.1:${management}`,
      certificate: this.ca,
      privateKey: key,
      httpPort,
      tlsPort,
    };
    writeFileSync(config, JSON.stringify({ pebble }));
    const dns = `127.0.0.1:${(nameServer.address() as AddressInfo).port}`;
    this.#process = spawn('pebble', ['-config', config, '-strict', '-dnsserver', dns], {
      // A fifth of the numbers is refused at the first try, as an authority may.
      env: { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '20', PEBBLE_AUTHZREUSE: '0' },
    });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on('data', (bytes) => (this.output += bytes));
  }

  /** `httpPort`: where it looks for proofs. */
  static async start(folder: string, httpPort: number): Promise<Pebble> {
    const nameServer = createSocket('udp4').bind(0, '127.0.0.1');
    await once(nameServer, 'listening');
    const [port, management, tlsPort] = [await freePort(), await freePort(), await freePort()];
    const pebble = new Pebble(folder, [port, management, httpPort, tlsPort], nameServer);
    nameServer.on('message', (message, { port: to, address }) => {
      const query = decode(message);
      const [question] = query.questions ?? [];
      if (question === undefined) return;
      const known = pebble.names.has(question.name.toLowerCase());
      const answers =
        known && question.type === 'A'
          ? [{ type: 'A' as const, name: question.name, ttl: 1, data: '127.0.0.1' }]
          : [];
      const flags = 0x0580 | (known ? 0 : 3);
      const id = query.id === undefined ? {} : { id: query.id };
      nameServer.send(
        encode({ type: 'response', ...id, flags, questions: [question], answers }),
        to,
        address,
      );
    });
    while (!pebble.output.includes('ACME directory available'))
      await once(pebble.#process.stdout as NodeJS.ReadableStream, 'data');
    return pebble;
  }

  /** The certificate at the root of those that it gives. */
  async root(): Promise<string> {
    return new Promise((resolve, reject) => {
      https
        .get(`${this.#management}/roots/0`, { ca: readFileSync(this.ca) }, (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (piece) => (text += piece));
          answer.once('end', () => resolve(text));
        })
        .once('error', reject);
    });
  }

  async close(): Promise<void> {
    this.#nameServer.close();
    this.#process.kill();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }
}
