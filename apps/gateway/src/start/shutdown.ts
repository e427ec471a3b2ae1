import type { Log } from '../machine/log.ts';
import type { GatewayServer } from './gateway-server.ts';

const launcherLookMs = 1_000;
const samePressMs = 400;

/**
 * Stops the server on Ctrl-C or SIGTERM: calls under way finish. A second Ctrl-C does not wait for them. SIGTERM is what service managers
 * and clusters send, so balancers in front are given notice first; a person at the keyboard has none. Also stops when the
 * launcher that started us has died, so that no server is left behind that nobody can see. Resolves when all is gone.
 */
export function shutdown(server: GatewayServer, log: Log, launcherPid: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let hurry: () => void = () => undefined;
    const hurried = new Promise<void>((now) => {
      hurry = now;
    });
    let stopping = false;
    let since = 0;
    const stop = (why: string, notice = false): void => {
      if (stopping) return;
      stopping = true;
      since = performance.now();
      clearInterval(watch);
      log.info(`${why}: finishing the calls under way (again to stop at once)`);
      const noticed = notice ? server.giveNotice(hurried) : Promise.resolve();
      noticed.then(() => server.stop(hurried)).then(resolve, reject);
    };
    process.on('SIGINT', () => {
      // One Ctrl-C can arrive twice, from the terminal and from a launcher; a person needs longer to press it again.
      if (stopping && performance.now() - since > samePressMs) hurry();
      stop('stopping');
    });
    process.on('SIGTERM', () => stop('stopping', true));
    const launcher = launcherPid === undefined ? undefined : Number(launcherPid);
    const watch = setInterval(() => {
      if (launcher !== undefined && process.ppid !== launcher) stop('the launcher has ended');
    }, launcherLookMs);
    watch.unref();
  });
}
