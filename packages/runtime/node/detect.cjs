// Which export is the handler, and what it wants to be called with. The order is the protocol's: a fetch function, then
// the handler, by the names of its first two parameters. Minified code has lost those names: applications of Connect's
// kind and http servers are known by what they can do, anything else minified has to say its signature.
'use strict';

/** The file of each signature. */
const signatures = { event: './event.cjs', fetch: './fetch.cjs', http: './http.cjs' };

/** `{ signature, handler }` with a handler that is called as its owner's method, or nothing. */
function detect(exported, asked) {
  const roots = layers(exported);
  const wants = (signature) => asked === 'auto' || asked === signature;

  if (wants('fetch')) {
    for (const root of roots) {
      if (typeof root.fetch === 'function')
        return found('fetch', (request) => root.fetch(request), root.fetch);
    }
    const plain = asked === 'fetch' && handlerOf(roots);
    if (plain) return found('fetch', plain, plain);
  }
  if (wants('http')) {
    for (const root of roots) {
      const listener = listenerOf(root);
      if (listener) return found('http', listener, listener);
    }
  }
  if (asked === 'fetch') return undefined;
  const handler = handlerOf(roots);
  if (!handler) return undefined;
  const signature = asked === 'auto' ? (looksLikeHttp(handler) ? 'http' : 'event') : asked;
  return signature in signatures ? found(signature, handler, handler) : undefined;
}

function found(signature, handler, original) {
  return { signature, handler, parameters: parameters(original) };
}

/** What was exported, and what hides under `default`, once or (TypeScript compiled to CommonJS, then imported) twice. */
function layers(exported) {
  const roots = [];
  let root = exported;
  for (let depth = 0; depth < 3; depth++) {
    if (root === null || (typeof root !== 'object' && typeof root !== 'function')) break;
    roots.push(root);
    root = root.default;
  }
  return roots;
}

function handlerOf(roots) {
  for (const root of roots) if (typeof root === 'function') return root;
  for (const root of roots) if (typeof root.handler === 'function') return root.handler;
  for (const root of roots) if (typeof root.handle === 'function') return root.handle;
  return undefined;
}

/** What an exported application listens with, if it is one. */
function listenerOf(root) {
  // Express, Connect: a function with methods. A handler of one's own seldom has `use` and `handle`.
  if (typeof root === 'function') {
    return typeof root.use === 'function' && typeof root.handle === 'function' ? root : undefined;
  }
  // Koa: an object that makes its listener.
  if (typeof root.use === 'function' && typeof root.callback === 'function') return root.callback();
  // An http.Server, listening or not.
  if (
    typeof root.listen === 'function' &&
    typeof root.emit === 'function' &&
    typeof root.setTimeout === 'function'
  ) {
    const listener = (request, response) => root.emit('request', request, response);
    listener.upgrade = (request, socket, head) => {
      if (!root.emit('upgrade', request, socket, head)) socket.destroy();
    };
    return listener;
  }
  return undefined;
}

function looksLikeHttp(handler) {
  const [first = '', second = ''] = parameters(handler);
  return /^_*req/i.test(first) && /^_*res/i.test(second);
}

/** The parameters of a function as they are written, as far as that is possible. */
function parameters(handler) {
  const text = Function.prototype.toString.call(handler).replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, '');
  const bare = /^(?:async\s+)?([A-Za-z_$][\w$]*)\s*=>/.exec(text);
  if (bare !== null) return [bare[1]];
  const open = text.indexOf('(');
  if (open < 0) return [];
  const list = [];
  let depth = 0;
  let from = open + 1;
  for (let i = open; i < text.length; i++) {
    const c = text[i];
    if (c === '(' || c === '[' || c === '{') depth++;
    else if (c === ')' || c === ']' || c === '}') depth--;
    if (depth === 0 || (depth === 1 && c === ',')) {
      const name = text.slice(from, i).trim();
      if (name !== '') list.push(name);
      from = i + 1;
      if (depth === 0) break;
    }
  }
  return list;
}

module.exports = { detect, parameters, signatures };
