// LOAD: the environment, the working directory, the file, and which of its exports is the handler.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { LOADED } = require('./frames.cjs');
const { detect, signatures } = require('./detect.cjs');
const { takeStdio } = require('./stdio.cjs');
const { now } = require('./quiet.cjs');
// Read before the function's own code, which may patch what they are built on.
require('./event.cjs');
require('./fault.cjs');
const { rememberUsual } = require('./memory.cjs');
const { parse, stringify } = JSON;

takeStdio();

/** Why a function could not be loaded, with the protocol's `kind`. */
class LoadError extends Error {
  constructor(kind, message, detail) {
    super(message);
    this.kind = kind;
    this.detail = detail;
  }
}

function load(connection, text) {
  const { host } = connection;
  const tell = (answer) => {
    connection.outbox.frame(0, LOADED, 0, 0, 0, asciiJson(answer), null);
    if (!connection.reading) connection.outbox.flush();
  };
  if (host.loading) return tell({ ok: false, kind: 'again', message: 'this host already has its function' });
  host.loading = true;
  host.wake();
  begin(host, text).then(tell, (error) => {
    const {
      kind = 'threw',
      message,
      detail = '',
    } = error instanceof LoadError ? error : explain(error, {}, '');
    tell({ ok: false, kind, message, detail });
  });
}

async function begin(host, text) {
  const order = parse(text);
  host.contained = order.contained === true;
  Object.assign(process.env, order.env);
  const network = order.env?.WHERRY_NETWORK ?? 'host';
  if (network !== 'host') require('./denied.cjs').explainDenials(network);
  const file = path.resolve(order.code, order.entry ?? '.');
  try {
    process.chdir(order.code);
  } catch (error) {
    throw new LoadError('not-found', `the folder of the function cannot be entered: ${error.message}`);
  }
  if (order.env?.WHERRY_DEBUG) require('./debug.cjs').openDebugger(order.env.WHERRY_DEBUG);
  if (order.signature === 'process') return program(host, order);
  // What a program sees that is started by itself.
  process.argv = [process.argv[0], file];
  const exported = await evaluate(file, order);
  const found = detect(exported, order.signature ?? 'auto');
  if (found === undefined) {
    throw new LoadError('no-handler', noHandler(order, exported));
  }
  host.invoke = require(signatures[found.signature]).serve(found);
  host.lastCall = now();
  rememberUsual();
  const upgrades = found.handler.upgrade === undefined ? {} : { upgrades: true };
  return { ok: true, signature: found.signature, concurrency: order.concurrency || 100, ...upgrades };
}

/** No module of ours to be: a program that is started for the calls, or once. */
async function program(host, order) {
  const fallback = order.entry && order.entry !== '.' ? `./${order.entry}` : '';
  const { open } = require('./watchdog/watchdog.cjs');
  const { handler, concurrency } = await open(fallback).catch((error) => {
    throw new LoadError('threw', error.message.split('\n')[0], error.message);
  });
  host.invoke = require('./http.cjs').serve({ handler });
  host.lastCall = now();
  rememberUsual();
  const upgrades = handler.upgrade === undefined ? {} : { upgrades: true };
  return { ok: true, signature: 'process', concurrency: order.concurrency || concurrency, ...upgrades };
}

/** Runs the file, whatever kind of module it is. */
async function evaluate(file, order) {
  let resolved;
  try {
    resolved = require.resolve(file);
  } catch {
    const near = fs.existsSync(order.code) ? `; the folder has ${listing(order.code)}` : '';
    throw new LoadError('not-found', `there is no ${order.entry} in the function${near}`);
  }
  const bundled = /\.bundle\.[cm]js$/.test(resolved) ? require('./bundled.cjs') : undefined;
  bundled?.explainStacks(resolved);
  try {
    return resolved.endsWith('.bundle.cjs') ? bundled.requireBundle(resolved) : require(resolved);
  } catch (error) {
    // Only import() can wait for a module's top-level await.
    if (error?.code !== 'ERR_REQUIRE_ASYNC_MODULE' && error?.code !== 'ERR_REQUIRE_ESM')
      throw explain(error, order, resolved);
    try {
      return await require.import(require('node:url').pathToFileURL(resolved).href);
    } catch (later) {
      throw explain(later, order, resolved);
    }
  }
}

/** What went wrong, where, in a line that can be shown in a terminal. */
function explain(error, order, resolved) {
  const stack = typeof error?.stack === 'string' ? error.stack : '';
  const reason = String(error?.message ?? error).split('\n')[0];
  if (error instanceof SyntaxError) {
    const at = placeOf(stack, order);
    if (at !== '') {
      const hint = /TYPESCRIPT/.test(error.code ?? '')
        ? ' (types are only stripped; build first for enums and the like)'
        : '';
      return new LoadError('syntax', `${at}${reason}${hint}`, stack);
    }
    if (/\bcompileSourceTextModule\b/.test(stack))
      return new LoadError('syntax', checked(resolved, order) + reason, stack);
  }
  const named = error instanceof Error ? `${error.name}: ${reason}` : reason;
  return new LoadError('threw', named, stack);
}

/** Node puts the place of a syntax error in front of its stack; a SyntaxError thrown by running code has none. */
function placeOf(stack, order) {
  const place = /^(?:file:\/\/)?(\/[^\n]*):(\d+)\n/.exec(stack);
  return place === null ? '' : `${path.relative(fs.realpathSync(order.code), place[1])}:${place[2]}: `;
}

/** Modules keep the place to themselves: only a Node that is asked to check the file says it. */
function checked(resolved, order) {
  const { spawnSync } = require('node:child_process');
  return placeOf(
    spawnSync(process.execPath, ['--check', resolved], { encoding: 'utf8', timeout: 5000 }).stderr ?? '',
    order,
  );
}

function noHandler(order, exported) {
  const asked = order.signature && order.signature !== 'auto' ? ` with the signature ${order.signature}` : '';
  const names = exported !== null && typeof exported === 'object' ? Object.keys(exported) : [];
  const has = names.length > 0 ? `; it exports ${names.slice(0, 8).join(', ')}` : '';
  return `${order.entry} exports nothing that can be called${asked}${has}`;
}

function listing(folder) {
  const names = fs.readdirSync(folder);
  return names.length === 0 ? 'nothing' : names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
}

/** JSON in the Latin-1 text of a head: everything beyond ASCII escaped. */
function asciiJson(value) {
  return stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

module.exports = { load, evaluate };
