import type { StoreItem } from '@wherry/wire/store';

/** What an entry of the store wants to be allowed, in words. */
export function asks({ permissions: { network, secrets } }: StoreItem): string {
  const wants = [
    ...(network === 'none' ? [] : [`network: ${network}`]),
    ...(secrets.length === 0 ? [] : [`secrets: ${secrets.join(', ')}`]),
  ];
  return wants.length === 0 ? 'asks for nothing' : `asks for ${wants.join('; ')}`;
}
