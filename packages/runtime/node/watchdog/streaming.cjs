// of-watchdog's mode `streaming`: a process for each call, its input and output connected to the request and the answer as they come.
// The status is 200 once it has started, whatever becomes of it.
'use strict';
const { environmentOf } = require('./forked-environment.cjs');
const { fork, kill, failureOf, startFailure } = require('./fork.cjs');
const { setTimeout, clearTimeout } = globalThis;

function streaming(settings, log) {
  return (request, response) => {
    const child = fork(settings.command, environmentOf(request, settings), ['pipe', settings.errors()]);
    settings.follow(child);
    const timer =
      settings.execTimeout > 0
        ? setTimeout(() => {
            log(`Killed process: exec_timeout of ${settings.execTimeout / 1000} s`);
            kill(child);
          }, settings.execTimeout)
        : undefined;
    child.on('spawn', () => {
      response.writeHead(200, { 'Content-Type': settings.contentType });
      response.flushHeaders();
      child.stdout.pipe(response);
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      const why = startFailure(error, settings.command);
      log(why);
      if (!response.headersSent) response.writeHead(500).end(why);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const why = failureOf(code, signal);
      if (why !== undefined) log(why);
    });
    // Nobody reads it any more.
    response.on('close', () => {
      if (!response.writableFinished) kill(child);
    });
    request.on('error', () => kill(child));
    request.pipe(child.stdin);
  };
}

module.exports = { streaming };
