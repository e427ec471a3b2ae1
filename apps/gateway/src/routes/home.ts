import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** OpenFaaS's gateway sends browsers to its page; so do we. */
export const home: Handler = ({ response }) => {
  response.writeHead(307, { Location: '/ui/', 'Content-Length': 0 });
  response.end();
};

/** The dashboard has its own origin and is not part of this release; the command line shows the same. */
export function ui(server: Server): Handler {
  const text = [
    'Wherry is running. The dashboard comes with a later release; until then:',
    '',
    '  npx wherry list              what is deployed',
    '  npx wherry describe NAME     how a function is, and why',
    '  npx wherry calls             recent calls',
    '  npx wherry logs NAME         what a function said',
    '',
    `Metrics: ${server.metricsUrl}/metrics`,
    '',
  ].join('\n');
  return ({ response }) => {
    response.writeHead(200, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(text);
  };
}
