// A receiver of traces that takes everything and looks at nothing; its work is nobody's here.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Scope } from '../kit/scope.ts';

export async function traceSink(scope: Scope): Promise<string> {
  const server = createServer((asked, answer) => {
    asked.resume();
    asked.once('end', () => answer.end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  scope.after(() => server.closeAllConnections());
  scope.after(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
