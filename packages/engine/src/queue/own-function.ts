import { gatewayNames } from '@wherry/core/rules/network-access';

/** A function of this gateway, as an address names it. */
export interface OwnFunction {
  readonly target: string;
  readonly path: string;
}

/** Reads addresses that lead back here, so that their answers need no network. `isOwn` knows the gateway's own names. */
export function ownFunction(address: string, isOwn: (host: string) => boolean): OwnFunction | undefined {
  const url = new URL(address);
  if (!gatewayNames.includes(url.hostname) && !isOwn(url.host)) return undefined;
  const [, target, rest = ''] = /^\/(?:async-)?function\/([^/]+)(\/.*)?$/.exec(url.pathname) ?? [];
  return target === undefined ? undefined : { target, path: `${rest === '' ? '/' : rest}${url.search}` };
}
