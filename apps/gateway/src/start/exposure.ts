import type { IsolationLevel, ProviderReport } from '@wherry/core/ports/provider';
import type { Settings } from '../config/settings.ts';
import { isLoopback } from '../http/addresses.ts';
import { StartRefused } from './refusal.ts';

/** Whether others than this machine's users come here: to an address of theirs, or by a proxy that stands on this machine. */
export function isExposed({ host, trustedProxies }: Settings): boolean {
  return !isLoopback(host) || trustedProxies.length > 0;
}

/** Refuses a bind that others can reach unless TLS ends before us: tokens must not travel in the clear. */
export function checkBind(settings: Settings): void {
  if ((settings['tls.cert'] === '') !== (settings['tls.key'] === ''))
    throw new StartRefused(
      'of certificate and key only one is named',
      'give both: WHERRY_TLS_CERT and WHERRY_TLS_KEY',
    );
  const acme = settings['acme.names'].length > 0;
  if (acme && settings['tls.redirectPort'] === undefined)
    throw new StartRefused(
      'an authority looks for the proof of a name at port 80, and nothing listens there',
      'give the port: WHERRY_TLS_REDIRECT_PORT=80, and WHERRY_TLS_PORT=443',
    );
  const proxied = settings.trustedProxies.length > 0;
  if (isLoopback(settings.host) || proxied || settings['tls.cert'] !== '' || acme) return;
  throw new StartRefused(
    `${settings.host} can be reached from other machines, and plain HTTP would show tokens to all of them`,
    'give a certificate: WHERRY_TLS_CERT and WHERRY_TLS_KEY; or a name for which one is fetched: WHERRY_ACME_NAMES; or put a TLS proxy in front and name its network: ' +
      'WHERRY_TRUSTED_PROXIES=10.0.0.0/8; or listen on 127.0.0.1',
  );
}

const order: Readonly<Record<IsolationLevel, number>> = { none: 0, partial: 1, full: 2 };

/** Refuses to run functions with less isolation than asked for; others' callers need the full one unless less is named. */
export function checkIsolation(settings: Settings, { isolation: found, fences }: ProviderReport): void {
  const least: IsolationLevel =
    settings.isolation === 'auto' ? (isExposed(settings) ? 'full' : 'none') : settings.isolation;
  if (order[found] >= order[least]) return;
  const lacking = fences.filter(({ present }) => !present).map(({ name }) => name);
  throw new StartRefused(
    `this machine gives isolation ${found}, and ${least} is needed (lacking: ${lacking.join(', ')})`,
    `see wherry doctor, or accept it: --isolation=${found}`,
  );
}

/** How long calls are still taken once /readyz says no. Where nobody else comes here there is no balancer that has to notice. */
export function noticeMs(settings: Settings): number {
  return settings.stopNotice ?? (isExposed(settings) ? 5_000 : 0);
}

/** Whether functions that say nothing may be called by everybody. */
export function functionsArePublic(settings: Settings): boolean {
  const chosen = settings['functions.visibility'];
  return chosen === 'auto' ? !isExposed(settings) : chosen === 'public';
}
