import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { canonicalAddress, networkOf } from './address.js';
import { clientAddressOf } from './client-address.js';

describe('an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:61598', '203.0.113.7'],
    ['[2001:DB8:0::7]:61598', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['2001:db8:0:0:0:0:0:7', '2001:db8::7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['[::ffff:203.0.113.7]:443', '203.0.113.7'],
    ['::FFFF:cb00:7107', '203.0.113.7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1.2.3.4', '::102:304'],
    ['::102:304', '::102:304'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
    [' 203.0.113.7 ', '203.0.113.7'],
  ])('%s is read as %s', (text, address) => {
    expect(canonicalAddress(text)).toBe(address);
  });

  it.each([
    '',
    'unknown',
    '_hidden',
    '203.0.113',
    '0203.0.113.7',
    '0xcb.0.113.7',
    '203.0.113.7:',
    '203.0.113.7:x',
    '203.0.113.7/24',
    '[203.0.113.7',
    '1.2.3.4, 5.6.7.8',
    '[]',
    '[]:80',
    ':80',
    "'1.2.3.4'",
  ])('%j is not an address', (text) => {
    expect(canonicalAddress(text)).toBeUndefined();
  });
});

describe('the address of a client', () => {
  const of = (...ips: readonly (string | undefined)[]): string => clientAddressOf({ ips } as unknown as FastifyRequest);

  it.each([
    [['10.0.0.1'], '10.0.0.1'],
    [['::ffff:10.0.0.1', '203.0.113.7:61598'], '203.0.113.7'],
    [['10.0.0.1', 'unknown'], '10.0.0.1'],
    [['10.0.0.1', '10.0.0.2:80', '<script>'], '10.0.0.2'],
    // A connection that was reset has no address.
    [[undefined], '0.0.0.0'],
    [[undefined, '10.0.0.2'], '10.0.0.2'],
  ])('%j is %s', (ips, address) => {
    expect(of(...ips)).toBe(address);
  });
});

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
