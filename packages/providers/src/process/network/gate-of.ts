import type { Contact } from '@wherry/core/contact';
import type { DeploymentKey } from '@wherry/core/function';
import type { NetworkGrant } from '@wherry/core/rules/network-grant';
import type { HostParts, HostShape } from '../host.ts';
import type { LogTap } from '../log-tap.ts';
import { Gate, gatewayPort } from './gate.ts';
import { makeSpace } from './space.ts';

/** Where connections cannot be steered, these are listened on beside the ports of the grant: none that programs like to listen on themselves. */
const usualPorts = [
  ...[22, 25, 80, 443, 465, 587, 993, 1433, 1883, 3306, 4222, 5432, 5671, 5672],
  ...[6379, 8883, 9042, 9092, 9093, 9200, 27_017],
];

/** The log says each target once in so long, and no more than so many. */
const saidAgainMs = 60_000;
const mostSaid = 50;

/** A network for a host whose function is granted something, with the gate at its way out; undefined where nothing is, or everything. */
export async function gateOf(
  parts: HostParts,
  { network: grant }: HostShape,
  instance: string,
  deployment: DeploymentKey,
  tap: LogTap,
): Promise<Gate | undefined> {
  const { fencing, lookUp, door, crowd, clock } = parts;
  if (grant.kind !== 'listed' || fencing.tool === 'none' || 'problem' in fencing.networking) return undefined;
  const space = await makeSpace(fencing.networking.making, portsOf(grant));
  const say = once(tap, () => clock.monotonic());
  const gate: Gate = new Gate(space, deployment, {
    grant,
    lookUp,
    door,
    crowd,
    told(what) {
      const contact: Contact = { ...what, deployment: gate.deployment, instance, at: clock.now() };
      parts.contacted(contact);
      say(contact);
    },
  });
  return gate;
}

function portsOf({ functions, names, networks }: NetworkGrant): readonly number[] {
  return [
    ...new Set([
      ...usualPorts,
      ...(functions ? [gatewayPort] : []),
      ...names.map(({ port }) => port),
      ...networks.map(({ port }) => port),
    ]),
  ];
}

/** What became of a connection, for whoever reads the function's log; not for every try of a function that tries for ever. */
function once(tap: LogTap, now: () => number): (contact: Contact) => void {
  const said = new Set<string>();
  let [until, unsaid] = [0, 0];
  return ({ outcome, target, why, line }) => {
    if (outcome === 'connected') return;
    if (now() > until) {
      if (unsaid > 0) tap.mark(`network: ${unsaid} more that were refused or failed are not told here`);
      said.clear();
      [until, unsaid] = [now() + saidAgainMs, 0];
    }
    if (said.has(target)) return;
    if (said.size >= mostSaid) return void (unsaid += 1);
    said.add(target);
    if (outcome === 'failed') return tap.mark(`network: no connection to ${target}: ${why}`);
    tap.mark(`network: refused: ${why}${line === undefined ? '' : `; to allow it: ${line}`}`);
  };
}
