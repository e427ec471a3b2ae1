import { WherryError } from '@wherry/core/errors';
import type { Call } from './call.ts';

/** Waits for something that many calls share; a cancelled call stops waiting, what it waited for goes on. */
export function withCancel<T>(call: Call, shared: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const done =
      <A>(act: (value: A) => void) =>
      (value: A) => {
        call.running = undefined;
        act(value);
      };
    call.running = { cancel: () => done(reject)(cancelledError(call)), resume() {} };
    shared.then(done(resolve), done(reject));
    if (call.cancelled !== undefined) call.running?.cancel(call.cancelled);
  });
}

/** What a cancelled call answers, by why it was cancelled and how far it had come. */
export function cancelledError(call: Call): WherryError {
  const name = call.fleet?.key.name ?? '';
  if (call.cancelled === 'caller_gone') {
    return new WherryError('caller_gone', 'the connection was closed before the answer was complete', {
      component: 'engine',
    });
  }
  const limit = (call.fleet?.policy.deadlineMs ?? 0) / 1000;
  const where =
    call.runMs > 0 || call.member !== undefined
      ? 'it was still running'
      : call.cold
        ? 'it was still starting'
        : 'it was waiting for a free place';
  return new WherryError('function_timeout', `no answer within its deadline of ${limit} s: ${where}`, {
    component: 'engine',
    name,
  });
}
