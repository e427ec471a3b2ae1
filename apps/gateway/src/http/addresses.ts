import { WherryError } from '@wherry/core/errors';
import { Networks } from '@wherry/core/rules/networks';
import { StartRefused } from '../start/refusal.ts';

/** Whether an address is this machine's own, unreachable from others. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '').replace(/^::ffff:/i, '');
  return address === 'localhost' || address === '::1' || /^127(?:\.\d{1,3}){3}$/.test(address);
}

/** The networks that a setting names; one that names something else keeps the gateway from starting. */
export function networksOf(setting: string, networks: readonly string[]): Networks {
  try {
    return new Networks(setting, networks);
  } catch (error) {
    if (!(error instanceof WherryError)) throw error;
    throw new StartRefused(error.message, 'write networks such as 10.0.0.0/8, comma separated');
  }
}
