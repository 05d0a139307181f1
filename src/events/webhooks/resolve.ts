import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isAllowedAddress, type AddressRules } from './address.js';
import { hostOf } from './url.js';

export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name. @throws when there are none, or nobody can say */
export type Resolve = (name: string) => Promise<readonly HostAddress[]>;

export const systemResolve: Resolve = (name) => lookup(name, { all: true });

/** `unknown`: nobody could say; it may be better later. */
export type Resolution =
  | { readonly kind: 'allowed'; readonly addresses: readonly HostAddress[] }
  | { readonly kind: 'internal' }
  | { readonly kind: 'unknown' };

/**
 * The addresses that a URL leads to now. One that is not allowed spoils them all: the name is in the
 * hands of somebody who may change it between two looks.
 */
export async function resolveHost(
  url: URL,
  { rules, resolve }: { readonly rules: AddressRules; readonly resolve: Resolve },
): Promise<Resolution> {
  const host = hostOf(url);
  const family = isIP(host);
  const addresses =
    family === 0 ? await resolve(host).catch(() => []) : [{ address: host, family }];
  if (addresses.length === 0) return { kind: 'unknown' };
  const areAllowed = addresses.every(({ address }) => isAllowedAddress(address, rules));
  return areAllowed ? { kind: 'allowed', addresses } : { kind: 'internal' };
}
