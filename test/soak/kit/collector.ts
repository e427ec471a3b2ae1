import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Function } from '../../e2e/gateway.ts';

/** The ledger of effects: functions report each call that they make, and what they were told. */
export class Collector {
  /** How often each thing was done. */
  readonly effects = new Map<string, number>();
  readonly #server: Server;
  url = '';

  constructor() {
    this.#server = createServer(async (request, response) => {
      const said = Buffer.concat(await request.toArray()).toString();
      this.effects.set(said, (this.effects.get(said) ?? 0) + 1);
      response.end();
    });
  }

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.#server.close().closeAllConnections();
  }

  get total(): number {
    return [...this.effects.values()].reduce((sum, count) => sum + count, 0);
  }

  /** A function whose one effect is to report here; on the machine's own network, where this listens. */
  reporter(name: string, annotations: Readonly<Record<string, string>> = {}, takesMs = 0): Function {
    const source = `import http from 'node:http';
      const agent = new http.Agent({ keepAlive: true });
      export const fetch = async (request) => {
        const text = await request.text();
        await new Promise((resolve, reject) => {
          http.request('${this.url}', { method: 'POST', agent }, (response) => response.resume().on('end', resolve))
            .on('error', reject).end(text);
        });
        await new Promise((resolve) => setTimeout(resolve, ${takesMs}));
        return new Response('done');
      };`;
    return {
      name,
      files: { 'handler.mjs': source },
      spec: { annotations: { 'com.wherry.network': 'host', ...annotations } },
    };
  }
}
