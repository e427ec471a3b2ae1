// Modes that answer once the process has ended: the classic watchdog, and of-watchdog's `serializing`. The whole body goes to standard
// input, what comes out is the answer.
'use strict';
const { environmentOf } = require('./forked-environment.cjs');
const { fork, kill, failureOf, startFailure } = require('./fork.cjs');
const { Buffer, setTimeout, clearTimeout } = globalThis;

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
/** As much as a buffered answer may be. */
const LARGEST = 16 * 1024 * 1024;

function whole(settings, log) {
  const classic = settings.mode === 'classic';
  return (request, response) => {
    if (classic && !METHODS.has(request.method)) return void response.writeHead(405).end();
    const since = performance.now();
    const seconds = () => (performance.now() - since) / 1000;
    gather(request, (error, body) => {
      if (error) return void response.writeHead(error.status ?? 400).end(error.message);
      if (classic) log('Forking fprocess.');
      run(settings, request, input(settings, request, body), (outcome) => {
        const { status, text, failure } = outcome;
        if (failure !== undefined) log(failure);
        if (response.destroyed) return;
        const type = settings.contentType || request.headers['content-type'];
        if (type !== undefined && type !== '') response.setHeader('Content-Type', type);
        response.writeHead(status).end(text);
        if (failure === undefined && classic)
          log(`Wrote ${text.length} Bytes - Duration: ${seconds().toFixed(6)}s`);
      });
    });
  };
}

/** Calls `done` once, with the answer. */
function run(settings, request, body, done) {
  const mixed = settings.mode === 'classic' && settings.combineOutput;
  const child = fork(settings.command, environmentOf(request, settings), [
    'pipe',
    mixed ? 'pipe' : 'inherit',
  ]);
  const pieces = [];
  let bytes = 0;
  let over = false;
  const finish = (status, text, failure) => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    done({ status, text, failure });
  };
  const take = (piece) => {
    bytes += piece.length;
    if (bytes <= LARGEST) return void pieces.push(piece);
    kill(child);
    finish(500, Buffer.from(`the output is larger than ${LARGEST} bytes`), 'its output is too large');
  };
  const timer =
    settings.execTimeout > 0
      ? setTimeout(() => {
          kill(child);
          const late =
            settings.mode === 'classic' ? [408, 'Killed process.'] : [500, 'process killed: exec_timeout'];
          finish(
            late[0],
            Buffer.from(late[1]),
            `Killed process: exec_timeout of ${settings.execTimeout / 1000} s`,
          );
        }, settings.execTimeout)
      : undefined;
  child.stdout.on('data', take);
  child.stderr?.on('data', take);
  child.on('error', (error) => {
    const why = startFailure(error, settings.command);
    finish(500, Buffer.from(why), why);
  });
  child.on('close', (code, signal) => {
    const output = Buffer.concat(pieces);
    const why = failureOf(code, signal);
    if (why === undefined) finish(200, output, undefined);
    else finish(500, Buffer.concat([Buffer.from(`${why}\n`), output]), why);
  });
  // Nobody waits for it any more.
  request.res.on('close', () => {
    if (!over) kill(child);
  });
  child.stdin.end(body);
}

function input(settings, request, body) {
  if (!settings.marshalRequest) return body;
  const header = {};
  for (const [name, value] of Object.entries(request.headersDistinct)) header[name] = value;
  return Buffer.from(JSON.stringify({ header, body: { raw: body.toString('base64') } }));
}

function gather(request, done) {
  const pieces = [];
  let bytes = 0;
  request.on('data', (piece) => {
    bytes += piece.length;
    if (bytes <= LARGEST) pieces.push(piece);
  });
  request.on('end', () => {
    if (bytes > LARGEST)
      done(Object.assign(new Error(`the body is larger than ${LARGEST} bytes`), { status: 413 }));
    else done(undefined, Buffer.concat(pieces, bytes));
  });
  request.on('error', () => {});
}

module.exports = { whole };
