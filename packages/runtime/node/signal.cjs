// The AbortSignal of a call, made when the function first asks for it.
'use strict';

function signalOf(call) {
  if (call.signal !== undefined) return call.signal;
  const controller = new AbortController();
  call.signal = controller.signal;
  const abort = () =>
    controller.abort(new DOMException('nobody waits for the answer any more', 'AbortError'));
  if (call.cancelled) abort();
  const earlier = call.onCancel;
  call.onCancel = () => {
    earlier?.();
    abort();
  };
  return call.signal;
}

module.exports = { signalOf };
