import { readFileSync } from 'node:fs';
import type { OwnRoutes } from '@wherry/engine/functions/own-routes';
import type { Settings } from '../../config/settings.ts';
import { machineClock } from '../../machine/clock.ts';
import type { Log } from '../../machine/log.ts';
import { StartRefused } from '../../start/refusal.ts';
import type { Certificate } from '../certificate.ts';
import { CertificateStore } from './certificate-store.ts';
import type { Challenges } from './challenges.ts';
import { AcmeClient } from './client.ts';
import { CertificateKeeper } from './keeper.ts';

/** Certificates from an authority, for the names of the gateway and of functions, where the operator asked for them. Throws StartRefused. */
export function openKeeper(
  settings: Settings,
  routes: OwnRoutes,
  certificate: Certificate | undefined,
  challenges: Challenges,
  log: Log,
): CertificateKeeper | undefined {
  const {
    'acme.names': own,
    'acme.directory': directory,
    'acme.email': email,
    'acme.ca': ca,
    home,
  } = settings;
  if (own.length === 0) return undefined;
  const store = new CertificateStore(home);
  const client = new AcmeClient({
    directory: address(directory),
    ca: ca === '' ? undefined : fileOf(ca),
    email,
    accountKey: store.accountKey(),
    show: challenges.show,
    hide: challenges.hide,
    pause: (ms) => new Promise((resolve) => machineClock.after(ms, resolve)),
  });
  return new CertificateKeeper({
    client,
    store,
    clock: machineClock,
    log,
    names() {
      const covered = certificate?.names ?? [];
      return [...own, ...routes.hosts].filter(
        (name) => !covered.includes(name) && !name.endsWith('.localhost'),
      );
    },
  });
}

function address(directory: string): string {
  if (URL.canParse(directory) && new URL(directory).protocol === 'https:') return directory;
  throw new StartRefused(
    `acme.directory: ${directory} is no https address`,
    'leave it out for Let’s Encrypt',
  );
}

function fileOf(ca: string): Buffer {
  try {
    return readFileSync(ca);
  } catch (error) {
    throw new StartRefused(`acme.ca: ${(error as Error).message}`, 'name a PEM file: WHERRY_ACME_CA');
  }
}
