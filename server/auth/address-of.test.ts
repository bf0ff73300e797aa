import { expect, test } from 'vitest';
import { PEER_HEADER } from '#runtime';
import { addressOf } from './address-of.ts';

const PEER = '198.51.100.1';
const headers = (forwarded?: string, peer = PEER) => ({ [PEER_HEADER]: peer, 'x-forwarded-for': forwarded });

test('without proxies the connection counts, and a header that the caller wrote changes nothing', () => {
  for (const forged of [undefined, '', '203.0.113.7', '203.0.113.7, 203.0.113.8', 'nonsense', PEER])
    expect(addressOf(headers(forged), 0)).toBe(PEER);
});

test.each([
  [1, '192.0.2.9', '192.0.2.9'],
  [1, '203.0.113.7, 192.0.2.9', '192.0.2.9'],
  [1, '203.0.113.7,203.0.113.8,192.0.2.9', '192.0.2.9'],
  [2, '192.0.2.9, 198.51.100.2', '192.0.2.9'],
  [2, '203.0.113.7, 192.0.2.9, 198.51.100.2', '192.0.2.9'],
])('behind %i of our proxies, %s: what the outermost of them saw counts', (proxies, forwarded, expected) => {
  expect(addressOf(headers(forwarded), proxies)).toBe(expected);
});

test.each([
  [1, undefined],
  [1, ''],
  [2, '203.0.113.7'],
])('a request that did not come through all %i proxies counts for its connection', (proxies, forwarded) => {
  expect(addressOf(headers(forwarded), proxies)).toBe(PEER);
});

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2:ffff:0:0:9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['[2001:db8::1]:4711', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::ffff:192.0.2.9', '192.0.2.9'],
  ['0:0:0:0:0:ffff:c000:209', '192.0.2.9'],
  ['192.0.2.9:4711', '192.0.2.9'],
  ['unknown', 'unknown'],
  ['', ''],
])('%s is counted as %s: one way of writing it, and IPv6 by the network', (address, expected) => {
  expect(addressOf(headers(undefined, address), 0)).toBe(expected);
  expect(addressOf(headers(`203.0.113.7, ${address}`, address), 1)).toBe(expected);
});

test('a request without either header has no address', () => {
  expect(addressOf(undefined, 0)).toBe('');
  expect(addressOf({}, 1)).toBe('');
});
