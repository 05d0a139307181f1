import { isIP } from 'node:net';
import { isAllowedAddress, type AddressRules } from './address.js';

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
export const hostOf = ({ hostname }: URL): string =>
  hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.+$/, '');

function isAllowedHost(host: string, rules: AddressRules): boolean {
  if (isIP(host) !== 0) return isAllowedAddress(host, rules);
  if (host === '') return false;
  return rules.allowInternal || (host.includes('.') && !internalNames.test(host));
}

const refused = (reason: string): CheckedUrl => ({ kind: 'refused', reason });
