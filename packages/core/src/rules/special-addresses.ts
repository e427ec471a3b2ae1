import { Networks } from './networks.ts';

/**
 * Addresses that no grant but `host` opens: the machine itself, everything on its own link (where clouds keep their metadata and
 * credentials), addresses of many at once, and metadata services that live elsewhere.
 */
const closed = new Networks('closed', [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '255.255.255.255',
  '::/128',
  '::1',
  'fe80::/10',
  'ff00::/8',
  // The same behind a translator of addresses (RFC 6052).
  '64:ff9b::/104',
  '64:ff9b::7f00:0/104',
  '64:ff9b::a9fe:0/112',
  // Metadata: EC2 and Google by IPv6, Alibaba, Oracle, Azure's wire server.
  'fd00:ec2::/32',
  'fd20:ce::254',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
]);

/** Not on the public internet by the registries of special-purpose addresses (IANA; RFC 6890 and its updates). */
const special = new Networks('special', [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
  // Of IPv6 only what is given out for general use, without what carries an IPv4 address in it or is for documents.
  '::/3',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '4000::/2',
  '8000::/1',
]);

export function isClosed(address: string): boolean {
  return closed.has(address);
}

/** Whether every address of these is. */
export function areClosed(networks: Networks): boolean {
  return networks.within(closed);
}

/** Whether it is somebody's on the public internet. Anything that is no address is not. */
export function isPublic(address: string): boolean {
  return Networks.isAddress(address) && !closed.has(address) && !special.has(address);
}
