import type { Settings } from '../config/settings.ts';
import { networksOf } from '../http/addresses.ts';
import { Guard } from '../http/guard.ts';
import type { Certificate } from '../tls/certificate.ts';
import { ownNames } from './own-names.ts';

/** What those are held to who come from outside. */
export function outerGuard(settings: Settings, certificate: Certificate | undefined): Guard {
  return new Guard({
    host: settings.host,
    allowedHosts: ownNames(settings, certificate),
    trustedProxies: networksOf('trustedProxies', settings.trustedProxies),
    apiNetworks: networksOf('apiNetworks', settings.apiNetworks),
  });
}
