import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** How often it asks whether a gateway is ready: what balancers take as their shortest. */
const lookMs = 50;

/** A balancer in small: hands each connection to one of the gateways that say at /readyz that they are ready, and changes nothing in it. */
export class Balancer {
  readonly #gateways: readonly string[];
  readonly #server: Server;
  readonly #ready = new Set<string>();
  readonly #asks: boolean;
  #turn = 0;
  #looking: NodeJS.Timeout | undefined;
  url = '';

  /** `asks` false hands out connections without a look: the control. */
  constructor(gateways: readonly string[], asks = true) {
    this.#gateways = gateways;
    this.#asks = asks;
    this.#server = createServer((caller) => this.#lead(caller));
  }

  async open(): Promise<void> {
    await this.#look();
    this.#looking = setInterval(() => void this.#look(), lookMs);
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    clearInterval(this.#looking);
    this.#server.close();
  }

  async #look(): Promise<void> {
    await Promise.all(
      this.#gateways.map(async (url) => {
        const ready = !this.#asks || (await fetch(`${url}/readyz`).catch(() => undefined))?.status === 200;
        if (ready) this.#ready.add(url);
        else this.#ready.delete(url);
      }),
    );
  }

  #lead(caller: Socket): void {
    const ready = [...this.#ready];
    const url = ready[this.#turn++ % ready.length];
    if (url === undefined) return void caller.destroy();
    const { hostname, port } = new URL(url);
    const gateway = connect(Number(port), hostname);
    caller.pipe(gateway).pipe(caller);
    for (const [one, other] of [
      [caller, gateway],
      [gateway, caller],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  }
}
