// The web signature: `fetch(request)` answers a Response. Node makes its Request and Response when they are first
// touched, which takes longer than its whole start, so this file is loaded for functions that need them only.
'use strict';
const { requestLine, rawHeaders, headerLine, checkStatus } = require('./head.cjs');
const { signalOf } = require('./signal.cjs');
const { pump } = require('./pump.cjs');
const { Request, Headers, ReadableStream } = globalThis;

const BODILESS = new Set(['GET', 'HEAD']);
/** Methods that the standard refuses to build a Request with. */
const REFUSED = /^(?:CONNECT|TRACE|TRACK)$/i;

/** A Request whose signal is made when somebody looks at it, because most functions never do. */
class CallRequest extends Request {
  #call;

  constructor(url, init, call) {
    super(url, init);
    this.#call = call;
  }

  get signal() {
    return signalOf(this.#call);
  }

  /** A copy that is sent on elsewhere is aborted with the call too. */
  clone() {
    return new Request(super.clone(), { signal: this.signal });
  }
}

function requestOf(call) {
  const { method, target } = requestLine(call.head);
  const headers = new Headers();
  const raw = rawHeaders(call.head);
  let host = 'localhost';
  let scheme = 'http';
  for (let i = 0; i < raw.length; i += 2) {
    headers.append(raw[i], raw[i + 1]);
    const name = raw[i].toLowerCase();
    if (name === 'host' && raw[i + 1] !== '') host = raw[i + 1];
    if (name === 'x-forwarded-proto' && /^https\b/i.test(raw[i + 1])) scheme = 'https';
  }
  const init = { method, headers };
  if (!BODILESS.has(method)) {
    if (call.incoming !== null) {
      init.body = streamOf(call.incoming);
      init.duplex = 'half';
    } else if (call.body !== null) init.body = call.body;
  }
  // Joined as text: a target that begins with two slashes must not name another host.
  const origin = URL.canParse(`${scheme}://${host}`)
    ? new URL(`${scheme}://${host}`).origin
    : `${scheme}://localhost`;
  return new CallRequest(origin + target, init, call);
}

/** The streamed request body. The socket is read when the function reads. */
function streamOf(incoming) {
  let reading = false;
  let over = false;
  return new ReadableStream(
    {
      type: 'bytes',
      pull(controller) {
        if (reading) return incoming.resume();
        reading = true;
        incoming.read({
          data(bytes) {
            // A copy, since the stream takes the memory away from its giver.
            if (!over) controller.enqueue(new Uint8Array(bytes));
            return controller.desiredSize > 0;
          },
          end() {
            if (over) return;
            over = true;
            controller.close();
            controller.byobRequest?.respond(0);
          },
          cut() {
            if (over) return;
            over = true;
            controller.error(
              new DOMException('the caller went away before the end of the body', 'AbortError'),
            );
          },
        });
      },
      cancel() {
        over = true;
      },
    },
    { highWaterMark: 0 },
  );
}

function send(call, response) {
  if (call.answered) return;
  const { status, headers, body } = response ?? {};
  if (typeof status !== 'number' || typeof headers?.forEach !== 'function') {
    throw new TypeError(`fetch must answer a Response, and it answered ${describe(response)}`);
  }
  let head = '';
  for (const [name, value] of headers) head += headerLine(name, value, call.headOnly);
  checkStatus(status);
  if (body === null || body === undefined) return call.answer(status, head, null);
  pump(call, call.begin(status, head), body);
}

function describe(value) {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object'
    ? `an object of kind ${value.constructor?.name ?? 'null'}`
    : `a ${typeof value}`;
}

function serve({ handler }) {
  return (call) => {
    const { method } = requestLine(call.head);
    if (REFUSED.test(method)) return call.answer(405, '', null);
    try {
      const response = handler(requestOf(call));
      if (typeof response?.then !== 'function') return send(call, response);
      response.then((value) => send(call, value)).then(undefined, (error) => call.fault(error));
    } catch (error) {
      call.fault(error);
    }
  };
}

module.exports = { serve };
