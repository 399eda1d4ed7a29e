import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { canonicalAddress, isPublicAddress, networkOf } from './address.js';
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

describe('an address of the public internet', () => {
  it.each(['1.1.1.1', '203.0.114.1', '172.15.0.1', '172.32.0.1', '100.63.0.1', '2606:4700::1111', '2a00:1450::1', '::ffff:1.1.1.1'])('%s is one', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  // prettier-ignore
  it.each([
    '0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '100.100.100.200', '127.0.0.1', '127.255.0.1', '168.63.129.16', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.192',
    '192.0.2.1', '192.88.99.1', '192.168.0.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255',
    '::', '::1', '::10.0.0.1', '::a00:1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', '::ffff:168.63.129.16', '::ffff:0:1.1.1.1', '64:ff9b::1.1.1.1', '64:ff9b::a00:1', '64:ff9b:1::1', '100::1', '2001::1', '2001:2::1',
    '2001:10::1', '2001:20::1', '2001:db8::1', '2002:a00:1::', '2002:101:101::', '3fff::1', '4000::1', '5f00::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1',
    '', 'localhost', '010.0.0.1', '1.1.1', '0x1010101',
  ])('%j is none', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
