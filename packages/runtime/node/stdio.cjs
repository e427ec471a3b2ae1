// Makes the function's log lines safe against a crash: once a pipe is full Node would keep the rest in memory and lose
// it at exit. Writes that wait are right here, since the gateway always empties the pipe. The streams are made by
// Node when they are first touched, and only then is anything done.
'use strict';

function takeStdio() {
  for (const name of ['stdout', 'stderr']) {
    const { get, ...rest } = Object.getOwnPropertyDescriptor(process, name) ?? {};
    if (get === undefined) continue;
    let known = false;
    Object.defineProperty(process, name, {
      ...rest,
      get() {
        const stream = get.call(process);
        if (!known) {
          known = true;
          stream._handle?.setBlocking?.(true);
        }
        return stream;
      },
    });
  }
}

module.exports = { takeStdio };
