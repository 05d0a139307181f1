import { isIP } from 'node:net';
import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

/** Where an address may lead: to the public internet, and where allowed into this network too. */
export interface AddressRules {
  /** For development and tests: http, loopback and private networks. */
  readonly allowInternal: boolean;
}

const internalRanges: ReadonlySet<string> = new Set(['loopback', 'private', 'uniqueLocal']);

/** IPv6 addresses that stand for the IPv4 address in their last 32 bits: mapped, and NAT64. */
const wrappedRanges: ReadonlySet<string> = new Set(['ipv4Mapped', 'rfc6052']);
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
  return wrappedRanges.has(address.range())
    ? new ipaddr.IPv4(address.toByteArray().slice(12))
    : address;
}

/** An interface id of ISATAP has an IPv4 address in it, under whatever prefix. */
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  const [high = 0, low = 0] = parts.slice(4);
  return (high & 0xfcff) === 0 && low === 0x5efe;
}

export const maxUrlLength = 2_000;

export type CheckedUrl =
  | { readonly kind: 'allowed'; readonly url: URL }
  | { readonly kind: 'refused'; readonly reason: string };

/** What parsers drop or take for something else. */
const misleading = /[\p{Cc}\p{Cs}\s\\]/u;

/** Names that never lead to the public internet, beside those of one label. */
const internalNames =
  /(^|\.)(localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa)$/;

/** An endpoint's address as far as it can be judged without asking for its name. */
export function checkUrl(text: string, rules: AddressRules): CheckedUrl {
  if (text.length > maxUrlLength) return refused(`must have at most ${maxUrlLength} characters`);
  if (misleading.test(text) || !URL.canParse(text)) return refused('must be an absolute URL');
  const url = new URL(text);
  const reason = reasonAgainst(url, rules);
  return reason === undefined ? { kind: 'allowed', url } : refused(reason);
}

function reasonAgainst(url: URL, rules: AddressRules): string | undefined {
  const schemes = rules.allowInternal ? ['https:', 'http:'] : ['https:'];
  if (!schemes.includes(url.protocol)) return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must have no credentials in it';
  if (url.href.includes('#')) return 'must have no fragment';
  return isAllowedHost(hostOf(url), rules) ? undefined : 'must lead to the public internet';
}

/** The host as resolvers and sockets want it: no brackets, no dot at the end. */
const hostOf = ({ hostname }: URL): string =>
  hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.+$/, '');

function isAllowedHost(host: string, rules: AddressRules): boolean {
  if (isIP(host) !== 0) return isAllowedAddress(host, rules);
  if (host === '') return false;
  return rules.allowInternal || (host.includes('.') && !internalNames.test(host));
}

const refused = (reason: string): CheckedUrl => ({ kind: 'refused', reason });

export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name. @throws when there are none, or the name server fails */
export type Resolve = (name: string) => Promise<readonly HostAddress[]>;

export const systemResolve: Resolve = (name) => lookup(name, { all: true });

/** `unknown`: the name could not be resolved; a later try may succeed. */
export type Resolution =
  | { readonly kind: 'allowed'; readonly addresses: readonly HostAddress[] }
  | { readonly kind: 'internal' }
  | { readonly kind: 'unknown' };

/**
 * The addresses that a URL leads to now. All are refused when one is not allowed: the owner of the name
 * can change the answer between two look-ups.
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
