// Modes that answer once the process has ended: the classic watchdog, and of-watchdog's `serializing`. The body goes to standard input as
// it comes; what comes out is the answer.
'use strict';
const { canonical, environmentOf } = require('./forked-environment.cjs');
const { fork, kill, failureOf, startFailure } = require('./fork.cjs');
const { Buffer, setTimeout, clearTimeout } = globalThis;

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
/** So much is held back until it is known how the process ends; with more than that the answer begins before. */
const HELD = 16 * 1024 * 1024;
/** A request that is made into one piece of JSON. */
const LARGEST_MARSHALLED = 16 * 1024 * 1024;

function whole(settings, log) {
  const classic = settings.mode === 'classic';
  return (request, response) => {
    if (classic && !METHODS.has(request.method)) return void response.writeHead(405).end();
    const begin = (body) => {
      if (classic) log('Forking fprocess.');
      run(settings, request, new Answer(settings, request, response, log), body);
    };
    if (settings.marshalRequest) marshal(request, response, begin);
    else begin(undefined);
  };
}

/** What a process has said, and how it goes to the caller. */
class Answer {
  constructor(settings, request, response, log) {
    this.settings = settings;
    this.request = request;
    this.response = response;
    this.log = log;
    this.since = performance.now();
    this.pieces = [];
    this.bytes = 0;
    this.over = false;
  }

  /** False: wait until the caller has taken what there is. */
  take(piece) {
    this.bytes += piece.length;
    if (this.response.headersSent) return this.response.write(piece);
    this.pieces.push(piece);
    if (this.bytes <= HELD) return true;
    this.head(200, true);
    return this.response.write(Buffer.concat(this.pieces.splice(0)));
  }

  head(status, well) {
    const { settings, request, response } = this;
    const mirrored = well || settings.mode !== 'classic';
    const type = mirrored
      ? settings.contentType || request.headers['content-type']
      : 'text/plain; charset=utf-8';
    if (type !== undefined && type !== '') response.setHeader('Content-Type', type);
    response.writeHead(status);
  }

  /** `failure` is for the log, and where it is too late for a status it breaks the answer off. */
  end(status, text, failure) {
    if (this.over) return;
    this.over = true;
    if (failure !== undefined) this.log(failure);
    const { response } = this;
    if (response.destroyed) return;
    if (response.headersSent) {
      if (failure !== undefined) return void response.destroy();
    } else this.head(status, failure === undefined);
    response.end(text);
    if (failure !== undefined || this.settings.mode !== 'classic') return;
    const seconds = ((performance.now() - this.since) / 1000).toFixed(6);
    this.log(`Wrote ${this.bytes} Bytes - Duration: ${seconds}s`);
  }
}

function run(settings, request, answer, body) {
  const classic = settings.mode === 'classic';
  const mixed = classic && settings.combineOutput;
  const errors = mixed ? 'pipe' : settings.errors();
  const child = fork(settings.command, environmentOf(request, settings), ['pipe', errors]);
  if (!mixed) settings.follow(child);
  const { response } = answer;
  const timer =
    settings.execTimeout > 0
      ? setTimeout(() => {
          kill(child);
          const [status, words] = classic ? [408, 'Killed process.'] : [500, 'process killed: exec_timeout'];
          answer.end(status, words, `Killed process: exec_timeout of ${settings.execTimeout / 1000} s`);
        }, settings.execTimeout)
      : undefined;
  const outputs = mixed ? [child.stdout, child.stderr] : [child.stdout];
  for (const output of outputs)
    output.on('data', (piece) => {
      if (!answer.over && !answer.take(piece)) for (const one of outputs) one.pause();
    });
  response.on('drain', () => {
    for (const one of outputs) one.resume();
  });
  child.on('error', (error) => {
    clearTimeout(timer);
    const why = startFailure(error, settings.command);
    answer.end(500, why, why);
  });
  child.on('close', (code, signal) => {
    clearTimeout(timer);
    const output = Buffer.concat(answer.pieces);
    const why = failureOf(code, signal);
    if (why === undefined) answer.end(200, output, undefined);
    else answer.end(500, Buffer.concat([Buffer.from(`${why}\n`), output]), why);
  });
  // Nobody waits for it any more.
  response.on('close', () => {
    if (answer.over) return;
    answer.over = true;
    kill(child);
    // What it has written still has to be read, or its pipes stay.
    for (const one of outputs) one.resume();
  });
  if (body !== undefined) return void child.stdin.end(body);
  request.on('error', () => kill(child));
  request.pipe(child.stdin);
}

/** The whole request as JSON: its headers as Go spells their names, and the body. */
function marshal(request, response, done) {
  const pieces = [];
  let bytes = 0;
  request.on('data', (piece) => {
    bytes += piece.length;
    if (bytes <= LARGEST_MARSHALLED) pieces.push(piece);
  });
  request.on('end', () => {
    if (bytes > LARGEST_MARSHALLED)
      return void response.writeHead(413).end(`the body is larger than ${LARGEST_MARSHALLED} bytes`);
    const header = {};
    for (const [name, values] of Object.entries(request.headersDistinct))
      if (name !== 'host') header[canonical(name)] = values;
    const raw = Buffer.concat(pieces, bytes).toString('base64');
    done(JSON.stringify({ header, body: { raw } }));
  });
  request.on('error', () => {});
}

module.exports = { whole };
