// Carries an async iterable (a Readable, a ReadableStream, an async generator) into a streamed answer, at the pace at
// which the gateway takes it, and tells the source when nobody wants the rest.
'use strict';
const { bytesOf } = require('./bytes.cjs');
const { Buffer } = globalThis;

function pump(call, stream, source) {
  const iterator = source[Symbol.asyncIterator]();
  const earlier = call.onCancel;
  let stopped = false;

  call.onCancel = () => {
    earlier?.();
    stopped = true;
    // A Readable or a generator ends at its next opportunity; what it says then interests nobody.
    source.destroy?.();
    Promise.resolve(iterator.return?.()).catch(() => {});
  };

  const next = () => {
    stream.ondrain = null;
    if (!stopped) Promise.resolve(iterator.next()).then(take).catch(fail);
  };
  const take = ({ done, value }) => {
    if (done) return stream.end();
    if (stopped) return;
    if (stream.write(chunkOf(value))) next();
    else stream.ondrain = next;
  };
  const fail = (error) => {
    if (stopped) return;
    call.fault(error);
    source.destroy?.();
  };
  next();
}

function chunkOf(value) {
  if (typeof value === 'string') return Buffer.from(value);
  const bytes = value !== null && typeof value === 'object' ? bytesOf(value) : undefined;
  if (bytes === undefined)
    throw new TypeError(`a chunk of a streamed answer must be text or bytes, not ${typeof value}`);
  return bytes;
}

module.exports = { pump, chunkOf };
