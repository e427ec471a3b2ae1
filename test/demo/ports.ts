import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** A flag of the demo's gateway, with the port it has unless another was asked for. */
export interface Wanted {
  readonly flag: string;
  readonly usual: number;
  readonly asked: string | undefined;
}

/** Ports that nobody listens at now: the one that was asked for, else the usual one, else any. Throws where what was asked for is taken. */
export async function freePorts(
  wanted: readonly Wanted[],
  say: (text: string) => void,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const { flag, usual, asked } of wanted) {
    const port = await free(asked === undefined ? usual : Number(asked));
    if (port === undefined && asked !== undefined)
      throw new Error(
        `port ${asked} is taken by another program: choose another with ${flag}, 0 for any free one`,
      );
    const chosen = port ?? (await free(0)) ?? 0;
    if (port === undefined) say(`port ${usual} is taken by another program, so this is ${flag} ${chosen}`);
    found.set(flag, chosen);
  }
  return found;
}

async function free(port: number): Promise<number | undefined> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
  const { port: actual } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return actual;
}
