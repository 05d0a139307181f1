import ipaddr from 'ipaddr.js';

/** Where an address may lead: to the public internet, and where allowed into this network too. */
export interface AddressRules {
  /** For development and tests: http, loopback and private networks. */
  readonly allowInternal: boolean;
}

const internalRanges: ReadonlySet<string> = new Set(['loopback', 'private', 'uniqueLocal']);

/** IPv6 addresses that stand for the IPv4 address in their last 32 bits: mapped, and NAT64. */
const wrappedPrefixes = ['::ffff:0:0/96', '64:ff9b::/96'].map((text) =>
  ipaddr.IPv6.parseCIDR(text),
);
const globalPrefix = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether events may be sent to the IP address. 6to4, Teredo and the IPv4-compatible form are never
 * allowed: nothing public is reached by them alone, and each can hide an internal address.
 */
export function isAllowedAddress(text: string, { allowInternal }: AddressRules): boolean {
  if (!ipaddr.isValid(text) || text.includes('%')) return false;
  const address = unwrapped(ipaddr.parse(text));
  const range: string = address.range();
  if (allowInternal && internalRanges.has(range)) return true;
  if (address instanceof ipaddr.IPv4) return range === 'unicast';
  return range === 'unicast' && address.match(globalPrefix) && !isIsatap(address);
}

function unwrapped(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address instanceof ipaddr.IPv4) return address;
  const isWrapped = wrappedPrefixes.some((prefix) => address.match(prefix));
  return isWrapped ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address;
}

/** An interface id of ISATAP has an IPv4 address in it, under whatever prefix. */
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  const [high = 0, low = 0] = parts.slice(4);
  return (high & 0xfcff) === 0 && low === 0x5efe;
}
