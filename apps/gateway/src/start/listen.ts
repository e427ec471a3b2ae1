import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SettingRule } from '../config/settings.ts';
import { StartRefused } from './refusal.ts';

/** The setting that a port comes from, as a person may change it. */
type Setting = Pick<SettingRule<unknown>, 'flag' | 'variable'>;

/** Listens, and tells the address as a URL. Throws StartRefused where that can't be had. */
export async function listen(server: Server, host: string, port: number, setting: Setting): Promise<string> {
  const bare = host.replace(/^\[|\]$/g, '');
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refusal(error, host, port, setting)));
    server.listen({ host: bare, port }, resolve);
  });
  const { address, port: actual, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`;
}

function refusal(error: NodeJS.ErrnoException, host: string, port: number, setting: Setting): StartRefused {
  const { flag, variable } = setting;
  if (error.code === 'EADDRINUSE') {
    return new StartRefused(
      `port ${port} on ${host} is taken by another program`,
      `choose another: ${flag} ${port + 10} or ${variable}=${port + 10}, 0 for any free one; --port 0 moves the dashboard and the metrics too`,
    );
  }
  if (error.code === 'EACCES')
    return new StartRefused(
      `port ${port} needs more rights`,
      `choose one above 1023: ${flag} 8080 or ${variable}=8080`,
    );
  if (error.code === 'EADDRNOTAVAIL')
    return new StartRefused(`${host} is not an address of this machine`, 'choose one: WHERRY_HOST=127.0.0.1');
  return new StartRefused(
    `cannot listen on ${host}:${port}: ${error.message}`,
    `choose another: ${flag} or ${variable}`,
  );
}
