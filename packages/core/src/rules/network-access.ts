import { hostName, type NetworkGrant } from './network-grant.ts';
import { Networks } from './networks.ts';
import { isClosed, isPublic } from './special-addresses.ts';

/** Where a function wants to go. */
export interface Destination {
  /** The name that it asked for, where it came by one. */
  readonly name: string | undefined;
  readonly port: number;
}

/** Addresses that may be tried, in their order; or why none may. */
export type Admission =
  | { readonly addresses: readonly string[] }
  | {
      readonly why: string;
      /** The annotation that would let it through; absent where only `host` would, or nothing. */
      readonly line: string | undefined;
    };

/** Names by which functions know the gateway: as OpenFaaS's are told, and the short one. */
export const gatewayNames: readonly string[] = [
  'gateway',
  'gateway.openfaas',
  'gateway.openfaas.svc',
  'gateway.openfaas.svc.cluster.local',
];

/** Whether a name is asked for outside at all. What the grant does not cover is not, so that a name carries nothing out. */
export function mayAsk(grant: NetworkGrant, name: string): boolean {
  return hostName.test(name) && (grant.internet || grant.names.some((given) => covers(given.name, name)));
}

/**
 * Which of the addresses behind a destination may be connected to. `own` says what belongs to this machine: never a part of the
 * internet, whatever its address. Pure, and asked for every connection: what a name meant a moment ago does not matter.
 */
export function admission(
  grant: NetworkGrant,
  { name, port }: Destination,
  addresses: readonly string[],
  own: (address: string) => boolean,
): Admission {
  const named =
    name !== undefined && grant.names.some((given) => given.port === port && covers(given.name, name));
  const allowed = addresses.filter(
    (address) =>
      Networks.isAddress(address) &&
      !isClosed(address) &&
      (named ||
        grant.networks.some((given) => given.port === port && given.networks.has(address)) ||
        (grant.internet && isPublic(address) && !own(address))),
  );
  if (allowed.length > 0) return { addresses: allowed };
  const target = targetText(name ?? addresses[0] ?? '', port);
  if (addresses.length > 0 && addresses.every(isClosed))
    return { why: `${target} leads to ${addresses.join(', ')}, which only host opens`, line: undefined };
  const reason =
    name !== undefined && addresses.length > 0 && grant.internet
      ? `${target} leads to ${addresses.join(', ')}, which is not on the public internet`
      : `${target} is not granted`;
  return { why: reason, line: lineWith(grant, target) };
}

/** The annotation with one grant more. */
export function lineWith({ kind, text }: NetworkGrant, target: string): string {
  return `com.wherry.network: "${kind === 'listed' ? `${text},` : ''}${target}"`;
}

export function targetText(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function covers(given: string, name: string): boolean {
  return given.startsWith('*.')
    ? name.endsWith(given.slice(1)) && name.length > given.length - 1
    : given === name;
}
