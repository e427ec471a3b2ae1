// The signature of OpenFaaS's Node template: `(event, context)` or `(event, context, callback)`. This is the path that
// most calls take, so a handler that doesn't wait costs no promise, and headers are parsed when they are looked at.
'use strict';
const { requestLine, headersOf, checkStatus } = require('./head.cjs');
const { sendResult } = require('./result.cjs');
const { reader, collect, refuse } = require('./event-body.cjs');
const { Buffer } = globalThis;
const { defineProperty } = Object;

class Event {
  #call;

  constructor(call, method, path, query, body) {
    this.#call = call;
    this.body = body;
    this.method = method;
    this.query = query;
    this.path = path;
    // Its own, so that copies and JSON have it; parsed when somebody asks.
    defineProperty(this, 'headers', LAZY_HEADERS);
  }

  static headers(event) {
    return headersOf(event.#call.head);
  }

  /** The body as it came. */
  get rawBody() {
    return this.#call.body ?? Buffer.alloc(0);
  }

  /** Aborted when nobody waits for the answer any more. */
  get signal() {
    return require('./signal.cjs').signalOf(this.#call);
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return { ...this };
  }
}

const LAZY_HEADERS = {
  enumerable: true,
  configurable: true,
  get() {
    const value = Event.headers(this);
    defineProperty(this, 'headers', { value, writable: true, enumerable: true, configurable: true });
    return value;
  },
  set(value) {
    defineProperty(this, 'headers', { value, writable: true, enumerable: true, configurable: true });
  },
};

class Context {
  #call;
  #status = 200;
  #headers = null;
  #called = false;

  constructor(call) {
    this.#call = call;
  }

  status(code) {
    if (!code) return this.#status;
    this.#status = code;
    return this;
  }

  headers(values) {
    if (!values) return (this.#headers ??= {});
    this.#headers = values;
    return this;
  }

  succeed(value) {
    this.#called = true;
    answer(this.#call, this.#status, this.#headers, value);
    return this;
  }

  fail(error) {
    this.#called = true;
    if (this.#status === 200) this.#call.fault(error);
    else answer(this.#call, this.#status, this.#headers, error instanceof Error ? String(error) : error);
    return this;
  }

  /** The callback: `(error, result)`. */
  get cb() {
    return (error, value) => {
      if (error) this.fail(error);
      else this.succeed(value);
    };
  }

  /** What the handler returned, unless it has answered by itself. */
  static settle(context, value) {
    if (context.#called) return;
    // `return context.status(204)`: the context says everything.
    context.succeed(value === context ? undefined : value);
  }

  static hasAnswered(context) {
    return context.#called;
  }
}

function answer(call, status, headers, value) {
  if (call.answered) return;
  try {
    sendResult(call, checkStatus(status), headers ?? NONE, value);
  } catch (error) {
    call.fault(error);
  }
}

const NONE = Object.freeze({});

function serve({ handler, parameters }) {
  const takesCallback = parameters.length > 2 || handler.length > 2;
  const { bodyOf } = reader(process.env);

  function run(call, body) {
    const { method, target } = requestLine(call.head);
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    const query = mark < 0 ? {} : require('./query.cjs').parseQuery(target.slice(mark + 1));
    const event = new Event(call, method, path, query, body);
    const context = new Context(call);
    let result;
    try {
      result = takesCallback ? handler(event, context, context.cb) : handler(event, context);
    } catch (error) {
      return call.fault(error);
    }
    if (result === undefined) {
      // A handler that took the callback may still call it; any other has finished with nothing to say.
      if (!takesCallback) Context.settle(context, undefined);
    } else if (result !== null && typeof result.then === 'function') {
      result.then(
        (value) => Context.settle(context, value),
        (error) => call.fault(error),
      );
    } else if (!(takesCallback && result === context)) Context.settle(context, result);
  }

  return (call) => {
    if (call.incoming !== null) return collect(call, bodyOf, run);
    let body;
    try {
      body = bodyOf(call);
    } catch (error) {
      return refuse(call, error);
    }
    run(call, body);
  };
}

module.exports = { serve };
