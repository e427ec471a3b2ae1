import { isLoopback } from '../http/addresses.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** OpenFaaS's gateway sends browsers to its page; so do we. */
export const home: Handler = ({ response }) => {
  response.writeHead(307, { Location: '/ui/', 'Content-Length': 0 });
  response.end();
};

/** The dashboard has its own origin, on this machine: who is here is led to it, others are told how they come to it. */
export function ui(server: Server): Handler {
  return ({ request, response }) => {
    const { dashboardUrl } = server;
    const local = isLoopback(request.socket.remoteAddress ?? '') && !('x-forwarded-for' in request.headers);
    if (dashboardUrl !== undefined && local) {
      response.writeHead(307, { Location: dashboardUrl, 'Content-Length': 0, 'Cache-Control': 'no-store' });
      response.end();
      return;
    }
    const text = elsewhere(dashboardUrl);
    response.writeHead(200, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(text);
  };
}

function elsewhere(dashboardUrl: string | undefined): string {
  const port = dashboardUrl === undefined ? undefined : new URL(dashboardUrl).port;
  const way =
    port === undefined
      ? [
          'Wherry is running, without its dashboard: the port was taken when it started (WHERRY_DASHBOARD_PORT).',
        ]
      : [
          'Wherry is running. Its dashboard listens on the machine itself; this leads to it:',
          '',
          `  ssh -L ${port}:127.0.0.1:${port} HOST     then open http://127.0.0.1:${port}`,
        ];
  return [...way, '', 'The command line shows the same: wherry list, describe, calls, logs.', ''].join('\n');
}
