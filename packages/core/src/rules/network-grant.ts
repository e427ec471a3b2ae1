import { WherryError } from '../errors.ts';
import { printable } from '../names.ts';
import { Networks } from './networks.ts';
import { areClosed } from './special-addresses.ts';

/** What a function may reach over the network: `none`, `host`, or a list of grants (docs/network.md has the words). */
export interface NetworkGrant {
  /** As it is written in one way only; equal grants have equal texts. */
  readonly text: string;
  readonly kind: 'none' | 'host' | 'listed';
  /** Public addresses, at every port. */
  readonly internet: boolean;
  /** The gateway's function routes. */
  readonly functions: boolean;
  readonly names: readonly NameGrant[];
  readonly networks: readonly NetworkPortGrant[];
}

interface NameGrant {
  /** Without a dot at its end, in small letters; one that begins with `*.` stands for every name below it. */
  readonly name: string;
  readonly port: number;
}

interface NetworkPortGrant {
  readonly networks: Networks;
  readonly port: number;
}

const mostGrants = 64;

/** A name as resolvers take it (RFC 1123, and the underscore that services have). */
export const hostName =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** Reads a grant. Throws `bad_value` naming the field. */
export function networkGrant(field: string, written: string): NetworkGrant {
  const parts = [...new Set(written.split(',').map((part) => part.trim()))];
  if (parts.length > mostGrants) throw refusal(field, `more than ${mostGrants} grants`);
  const grant = { internet: false, functions: false };
  const [names, networks]: [NameGrant[], NetworkPortGrant[]] = [[], []];
  for (const part of parts) {
    if (part === 'internet' || part === 'functions') grant[part] = true;
    else if (part === 'none' || part === 'host') {
      if (parts.length > 1) throw refusal(field, `${part} stands alone`);
    } else {
      const [asWritten, port] = hostAndPort(field, part);
      const host = asWritten.toLowerCase();
      if (/^(?:.*\.)?localhost$/.test(host)) throw closedRefusal(field, part);
      if (hostName.test(host.replace(/^\*\./, '')) && !/(?:^|\.)\d+$/.test(host))
        names.push({ name: host, port });
      else networks.push({ networks: network(field, host, part), port });
    }
  }
  const [first = ''] = parts;
  const kind = first === 'none' || first === 'host' ? first : 'listed';
  return { text: parts.join(','), kind, ...grant, names, networks };
}

/** Whether somebody who may deploy may give it: what reaches only strangers and functions. The rest is the operator's to give. */
export function deployerMayGive({ kind, names, networks }: NetworkGrant): boolean {
  return kind === 'none' || (kind === 'listed' && names.length === 0 && networks.length === 0);
}

function hostAndPort(field: string, part: string): [host: string, port: number] {
  const [, six, other = '', digits = ''] = /^(?:\[([^\]]*)\]|([^[\]:]+)):(\d{1,5})$/.exec(part) ?? [];
  const port = Number(digits);
  if (port >= 1 && port <= 65_535) return [six ?? other, port];
  throw refusal(
    field,
    `${printable(part)} is not known here; use none, internet, functions, host, NAME:PORT, ADDRESS:PORT or NETWORK/BITS:PORT, several with commas`,
  );
}

function network(field: string, host: string, part: string): Networks {
  const networks = new Networks(field, [host]);
  if (areClosed(networks)) throw closedRefusal(field, part);
  return networks;
}

function closedRefusal(field: string, part: string): WherryError {
  const why = "no grant but host opens this machine's own addresses or those of a cloud's metadata";
  return refusal(
    field,
    `${printable(part)}: ${why}`,
    'For what listens on this machine: its own address in the network with the port, or host, which the admin may grant.',
  );
}

function refusal(field: string, rule: string, next?: string): WherryError {
  const details = { component: 'rules', ...(next === undefined ? {} : { next }) };
  return new WherryError('bad_value', `${field}: ${rule}`, details);
}
