import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Below what any system gives to those who leave the choice to it: what is asked for here isn't given away before it is used. */
const lowest = 20_000;
const highest = 32_000;

/** A port that nobody listens at now, for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    try {
      const wanted = lowest + Math.floor(Math.random() * (highest - lowest));
      await once(server.listen(wanted, '127.0.0.1'), 'listening');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue;
      throw error;
    }
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }
}
