import type { Settings } from '../config/settings.ts';
import type { Certificate } from '../tls/certificate.ts';

/** Names that the gateway answers to beside its address. */
export function ownNames(
  { host, allowedHosts, 'acme.names': fetched }: Settings,
  certificate: Certificate | undefined,
): readonly string[] {
  return [host, ...allowedHosts, ...fetched, ...(certificate?.names ?? [])].map((name) => name.toLowerCase());
}
