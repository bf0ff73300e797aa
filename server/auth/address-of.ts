import { isIPv6 } from 'node:net';
import { PEER_HEADER } from '#runtime';

/**
 * The network that a request comes from, for counting what it tries: the IPv4 address, or the first 64 bits of the IPv6 address,
 * since whoever has one of those has all of them. Proxies append the address they see to `x-forwarded-for`, so with n proxies of ours
 * the n-th from the right is the caller's, and what stands further left is the caller's own word. Without proxies, and for a request
 * that did not come through all of them, it is the address of the connection. Empty when that is not known.
 */
export function addressOf(headers: Record<string, unknown> | undefined, trustedProxies: number): string {
  const forwarded = textOf(headers?.['x-forwarded-for']).split(',');
  const seenByProxy = trustedProxies > 0 ? forwarded.at(-trustedProxies)?.trim() : undefined;
  return networkOf(seenByProxy || textOf(headers?.[PEER_HEADER]));
}

function textOf(header: unknown): string {
  return typeof header === 'string' ? header : '';
}

/** One way of writing each: an address as a URL has it, without a port or a zone. Text that is no address stays as it is. */
function networkOf(address: string): string {
  const [bare = ''] = address.split('%');
  const host = URL.parse(`http://${isIPv6(bare) ? `[${bare}]` : bare}`)?.hostname ?? bare;
  if (!host.startsWith('[')) return host;
  const groups = groupsOf(host.slice(1, -1));
  return isMappedIPv4(groups) ? dotted(groups.slice(6)) : `${groups.slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address in its shortest form (RFC 5952). */
function groupsOf(address: string): string[] {
  const [left = [], right = []] = address.split('::').map((half) => half.split(':').filter(Boolean));
  return [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
}

/** RFC 4291, 2.5.5.2: how a socket that takes both kinds shows an IPv4 address. */
function isMappedIPv4(groups: readonly string[]): boolean {
  return groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
}

function dotted(groups: readonly string[]): string {
  return groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((number) => [number >> 8, number & 0xff])
    .join('.');
}
