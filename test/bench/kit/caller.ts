import { Agent, request } from 'node:http';

/** One keep-alive connection at a time, for timing single calls without the price of opening one. */
export class Caller {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  /** Milliseconds from the call to the last byte of its answer. Rejects when it is no success. */
  get(url: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const startedAt = performance.now();
      request(url, { agent: this.#agent }, (response) => {
        response.resume().on('end', () => {
          const took = performance.now() - startedAt;
          if (response.statusCode === 200) resolve(took);
          else reject(new Error(`${url} answered ${response.statusCode}`));
        });
      })
        .on('error', reject)
        .end();
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
