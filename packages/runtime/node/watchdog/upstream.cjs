// of-watchdog's mode `http`: one program that listens itself, started once; every call is passed on to it.
'use strict';
const { spawn } = require('node:child_process');
const http = require('node:http');
const { startFailure } = require('./fork.cjs');
const { humanSize, prefixed } = require('./log.cjs');
const { accepts, freePort, portOf } = require('./port.cjs');
const { setTimeout, clearTimeout } = globalThis;

const SAID = 4000;
const HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Resolves with the handler once the program accepts connections; rejects with what it said where it ends before. */
async function upstream(settings, log) {
  const port = portOf(settings.upstream) ?? (await freePort());
  const [program, ...args] = settings.command;
  const child = spawn(program, args, {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let listening = false;
  for (const name of ['stdout', 'stderr']) {
    if (settings.prefixLogs) prefixed(child[name], name);
    else child[name].pipe(process[name], { end: false });
    child[name].on('data', (bytes) => {
      if (!listening) said = (said + bytes).slice(-SAID);
    });
  }
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(startFailure(error, settings.command)));
    child.once('close', (code, signal) => resolve(`the process ended: ${signal ?? `exit status ${code}`}`));
  });
  await Promise.race([
    accepts(port, () => listening).then(() => (listening = true)),
    ended.then((why) => {
      if (!listening) throw new Error(`${why} before it listened on port ${port}\n${said}`.trim());
    }),
  ]);
  // Without the program there is nothing left to do here; who started us begins anew.
  void ended.then((why) => {
    log(why);
    process.exit(child.exitCode || 1);
  });
  const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity, keepAliveMsecs: 30_000 });
  const serve = (request, response) => pass(request, response, { settings, port, agent, log });
  serve.upgrade = (request, socket) => converse(request, socket, port, log);
  return serve;
}

function pass(request, response, { settings, port, agent, log }) {
  const limit = limitOf(request, settings);
  const since = performance.now();
  const out = http.request(
    {
      host: '127.0.0.1',
      port,
      agent,
      method: request.method,
      path: request.url,
      headers: kept(request.rawHeaders),
      setHost: false,
    },
    (answer) => {
      response.writeHead(answer.statusCode, kept(answer.rawHeaders));
      // What comes piece by piece goes on piece by piece.
      response.flushHeaders();
      answer.pipe(response);
      answer.on('error', () => response.destroy());
      response.once('finish', () => log(lineOf(request, answer, since, settings)));
    },
  );
  const timer =
    limit > 0
      ? setTimeout(() => fail(504, `no answer within exec_timeout of ${limit / 1000} s`), limit)
      : undefined;
  out.on('error', (error) => fail(500, error.message));
  out.on('close', () => clearTimeout(timer));
  response.on('close', () => {
    if (!response.writableFinished) out.destroy();
  });
  request.on('error', () => out.destroy());
  request.pipe(out);

  function fail(status, why) {
    out.destroy();
    log(`Upstream HTTP request error: ${why}`);
    if (response.headersSent) return void response.destroy();
    response
      .writeHead(status, {
        'X-OpenFaaS-Internal': 'of-watchdog',
        'Content-Type': 'text/plain; charset=utf-8',
      })
      .end(why);
  }
}

/** A line for each call, in of-watchdog's words: people's tools count them. */
function lineOf(
  { method, url, headers },
  { statusCode, statusMessage, headers: answered },
  since,
  { logCallId },
) {
  const length = humanSize(Number(answered['content-length'] ?? -1));
  const seconds = ((performance.now() - since) / 1000).toFixed(4);
  const id = logCallId ? ` [${headers['x-call-id'] ?? 'none'}]` : '';
  return `${method} ${url} - ${statusCode} ${statusMessage} - ContentLength: ${length} (${seconds}s)${id}`;
}

/** Another protocol, once the program has agreed to it: bytes both ways, until one side ends. */
function converse(request, socket, port, log) {
  const headers = [...kept(request.rawHeaders), 'Connection', 'Upgrade', 'Upgrade', request.headers.upgrade];
  const out = http.request({
    host: '127.0.0.1',
    port,
    method: request.method,
    path: request.url,
    headers,
    setHost: false,
  });
  out.on('upgrade', (answer, peer, first) => {
    socket.write(headOf(answer));
    if (first.length > 0) socket.write(first);
    for (const [from, to] of [
      [peer, socket],
      [socket, peer],
    ]) {
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  // It answers as to any other request: so it does not want to.
  out.on('response', (answer) => {
    socket.write(headOf(answer));
    answer.pipe(socket);
  });
  out.on('error', (error) => {
    log(`Upstream HTTP request error: ${error.message}`);
    socket.destroy();
  });
  socket.on('close', () => out.destroy());
  out.end();
}

function headOf({ statusCode, statusMessage, rawHeaders }) {
  let head = `HTTP/1.1 ${statusCode} ${statusMessage}\r\n`;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) head += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  return `${head}\r\n`;
}

/** A caller may ask for less time than the function has, by `X-Timeout`. */
function limitOf(request, { execTimeout }) {
  const asked = /^(\d{1,9}(?:\.\d+)?)(ms|s|m)?$/.exec(request.headers['x-timeout'] ?? '');
  if (asked === null) return execTimeout;
  const ms = Number(asked[1]) * { ms: 1, s: 1000, m: 60_000 }[asked[2] ?? 's'];
  return execTimeout > 0 ? Math.min(ms, execTimeout) : ms;
}

function kept(rawHeaders) {
  const headers = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    if (!HOP.has(rawHeaders[i].toLowerCase())) headers.push(rawHeaders[i], rawHeaders[i + 1]);
  return headers;
}

module.exports = { upstream };
