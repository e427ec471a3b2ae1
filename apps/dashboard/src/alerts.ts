import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { AlertInfo, AlertList } from '@wherry/wire/alert-lists';
import { useSession } from './current-session.ts';

/** Events tell what fires; this is for values, which change without one, and for what was about to fire and did not. */
const againMs = 15_000;

/** What fires or is about to, and how alerting itself is. */
export function useAlerts(): UseQueryResult<AlertList> {
  const { client } = useSession();
  return useQuery({
    queryKey: ['alerts', 'list'],
    queryFn: () => client.listAlerts(),
    refetchInterval: againMs,
  });
}

const order = ['critical', 'major', 'warning', 'info'];

/** The worst first, and of the same the one that began first; what is silenced comes last. */
export function byWorst(one: AlertInfo, other: AlertInfo): number {
  const place = ({ silencedBy, severity = 'info' }: AlertInfo): number =>
    (silencedBy.length > 0 ? order.length : 0) + order.indexOf(severity);
  return place(one) - place(other) || sinceOf(one).localeCompare(sinceOf(other));
}

/** Since when it fires, or, as long as it does not, since when its condition holds. */
export const sinceOf = ({ firingSince, since }: AlertInfo): string => firingSince ?? since;

export const isFiring = ({ state }: AlertInfo): boolean => state === 'firing';

/** What fires and should be looked at: nobody asked for quiet about it. */
export const needsLook = (alert: AlertInfo): boolean => isFiring(alert) && alert.silencedBy.length === 0;

/** What fires, and somebody asked for quiet about it. */
export const isSilenced = (alert: AlertInfo): boolean => isFiring(alert) && alert.silencedBy.length > 0;

/** Those of a namespace; of all where it is empty. */
export const inNamespace =
  (namespace: string) =>
  (alert: { readonly namespace?: string }): boolean =>
    namespace === '' || alert.namespace === namespace;
