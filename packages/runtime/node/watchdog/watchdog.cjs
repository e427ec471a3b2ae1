// Programs that know nothing of us: started for each call, or once if they listen themselves. What OpenFaaS's two watchdogs do, with
// their variables, their endpoints and their words (docs/programs.md).
'use strict';
const fs = require('node:fs');
const { logger } = require('./log.cjs');
const { settingsOf } = require('./settings.cjs');

/** Calls at once where each is a process of its own, and where one program takes them all. */
const FORKED = 1;
const SERVED = 100;

/** Resolves with a `(request, response)` handler and how many calls it takes at once. Rejects with what is wrong. */
async function open(fallback) {
  const settings = settingsOf(process.env, fallback);
  const log = logger(settings);
  const handler = await begin(settings, log);
  lock(settings);
  const forked = settings.mode !== 'http' && settings.mode !== 'static';
  // Who sets a limit wants those beyond it refused, which can't be where they wait in line.
  const concurrency = forked && settings.maxInflight === 0 ? FORKED : SERVED;
  return { handler: endpoints(limited(handler, settings), handler, settings), concurrency };
}

/** Health checks of OpenFaaS's own kind look for this file. */
function lock({ suppressLock }) {
  if (suppressLock) return;
  try {
    fs.writeFileSync(`${process.env.TMPDIR || '/tmp'}/.lock`, '', { mode: 0o660 });
  } catch {
    // Nobody has to be able to write there.
  }
}

function begin(settings, log) {
  switch (settings.mode) {
    case 'http':
      return require('./upstream.cjs').upstream(settings, log);
    case 'static':
      return require('./files.cjs').files(settings);
    case 'streaming':
      return require('./streaming.cjs').streaming(settings, log);
    default:
      return require('./whole.cjs').whole(settings, log);
  }
}

/** At most so many calls at once; the next is refused in the words of the limiter that both watchdogs share. */
function limited(handler, { maxInflight }) {
  if (maxInflight === 0) return handler;
  let inflight = 0;
  const guarded = (request, response) => {
    if (inflight >= maxInflight) {
      response.writeHead(429, {
        'X-OpenFaaS-Internal': 'faas-middleware',
        'Content-Type': 'text/plain; charset=utf-8',
      });
      return void response.end(
        `Concurrent request limit exceeded. Max concurrent requests: ${maxInflight}\n`,
      );
    }
    inflight += 1;
    const over = () => (inflight -= 1);
    response.once('close', over);
    try {
      handler(request, response);
    } catch (error) {
      // It could not be started, and nothing will ever close it.
      response.off('close', over);
      over();
      throw error;
    }
  };
  guarded.full = () => inflight >= maxInflight;
  return guarded;
}

function endpoints(handler, unlimited, { mode, readyPath }) {
  const serve = (request, response) => {
    const path = request.url.split('?')[0];
    if (path === '/_/health') return health(request, response);
    if (path !== '/_/ready' || mode === 'classic') return void handler(request, response);
    if (handler.full?.() === true) return void response.writeHead(429).end();
    if (readyPath === '') return void response.writeHead(200).end('OK');
    request.url = readyPath;
    unlimited(request, response);
  };
  if (unlimited.upgrade !== undefined) serve.upgrade = unlimited.upgrade;
  return serve;
}

function health(request, response) {
  if (request.method === 'GET' || request.method === 'HEAD') response.writeHead(200).end('OK');
  else response.writeHead(405).end();
}

module.exports = { open };
