import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const quietMs = 20_000;

/** Gives memory back once nothing has been asked of this thread for a while. Returns what is to be called for each request. */
export function whenQuiet(release: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    timer ??= setTimeout(rest, quietMs).unref();
    timer.refresh();
  };

  function rest(): void {
    timer = undefined;
    release();
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as (wish: object) => void)({
      type: 'major',
      execution: 'sync',
      flavor: 'last-resort',
    });
  }
}
