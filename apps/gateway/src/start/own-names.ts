import type { Settings } from '../config/settings.ts';
import type { Certificate } from '../tls/certificate.ts';

/** Names that the gateway answers to beside its address. */
export function ownNames(
  { host, allowedHosts, 'acme.names': fetched }: Settings,
  certificate: Certificate | undefined,
): readonly string[] {
  return [host, ...allowedHosts, ...fetched, ...(certificate?.names ?? [])].map((name) => name.toLowerCase());
}

/** What a Host header may say that means this gateway: its names, and where it listens. */
export function ownHosts(
  settings: Settings,
  certificate: Certificate | undefined,
  urls: readonly string[],
): ReadonlySet<string> {
  const listening = urls.map((url) => new URL(url));
  return new Set([
    ...ownNames(settings, certificate),
    ...listening.flatMap(({ host, port }) => [host, `localhost:${port}`]),
  ]);
}
