// One process for one call, in a group of its own, so that it ends with all that it has started.
'use strict';
const { spawn } = require('node:child_process');

/** `outputs`: where its standard output and its errors go, as `spawn` has it. */
function fork(command, env, outputs) {
  const [program, ...args] = command;
  const child = spawn(program, args, { env, detached: true, stdio: ['pipe', ...outputs] });
  // It may end without reading what it is sent.
  child.stdin.on('error', () => {});
  return child;
}

/** The process and everything in its group, at once. */
function kill(child) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already, and nothing of it is left.
  }
}

/** How it ended, in the words that Go uses for it; undefined where it ended well. */
function failureOf(code, signal) {
  if (signal !== null && signal !== undefined) return `signal: ${goSignals[signal] ?? signal}`;
  return code === 0 ? undefined : `exit status ${code}`;
}

/** As Go's `syscall.Signal` says them. */
const goSignals = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGQUIT: 'quit',
  SIGILL: 'illegal instruction',
  SIGTRAP: 'trace/breakpoint trap',
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGKILL: 'killed',
  SIGUSR1: 'user defined signal 1',
  SIGSEGV: 'segmentation fault',
  SIGUSR2: 'user defined signal 2',
  SIGPIPE: 'broken pipe',
  SIGALRM: 'alarm clock',
  SIGTERM: 'terminated',
};

/** Why it could not even be started. */
function startFailure(error, command) {
  if (error.code === 'ENOENT')
    return `exec: ${JSON.stringify(command[0])}: executable file not found in $PATH`;
  if (error.code === 'EACCES') return `fork/exec ${command[0]}: permission denied`;
  return `fork/exec ${command[0]}: ${error.message}`;
}

module.exports = { fork, kill, failureOf, startFailure };
