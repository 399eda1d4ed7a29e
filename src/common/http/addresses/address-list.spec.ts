import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AddressList, isAddressRange } from './address-list.js';

describe('isAddressRange', () => {
  it.each([
    '0.0.0.0',
    '255.255.255.255',
    '10.0.0.0/8',
    '10.1.2.3/8',
    '0.0.0.0/0',
    '1.2.3.4/32',
    '::',
    '::1',
    '::/0',
    '2001:db8::/32',
    '2001:DB8::1/128',
    '::ffff:10.0.0.1',
    '::ffff:10.0.0.0/8',
  ])('accepts %s', (text) => expect(isAddressRange(text)).toBe(true));

  // prettier-ignore
  it.each([
    '', ' ', '10', '10.0.0', '10.0.0.0.0', '10.0.0.256', '010.0.0.1', '0x0a.0.0.1', '167772161', '10.0.0.1 ', ' 10.0.0.1', '10.0.0.1:80', '10.0.0.*', '/8', '/',
    '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/+8', '10.0.0.0/8.0', '10.0.0.0/ 8', '10.0.0.0/8/8', '10.0.0.0/255.0.0.0', '10.0.0.0/1e1', '10.0.0.1\n', '10.0.0.0/08', '127.0.0.1/032', '10.0.0.0/00', '2001:db8::/064',
    ':::', '2001:db8::/129', '2001:db8:::1', '[::1]', 'fe80::1%eth0', 'fe80::1%eth0/64', '::ffff:10.0.0.0/104', 'localhost', 'example.com', '１０.0.0.1',
  ])('refuses %j', (text) => expect(isAddressRange(text)).toBe(false));
});

describe('AddressList', () => {
  it.each([
    [['10.0.0.1'], '10.0.0.1', true],
    [['10.0.0.1'], '10.0.0.2', false],
    [['10.0.0.1'], '::ffff:10.0.0.1', true],
    [['10.0.0.1'], '::FFFF:10.0.0.1', true],
    [['10.0.0.1'], '::ffff:a00:1', true],
    [['10.0.0.1'], '0:0:0:0:0:ffff:0a00:0001', true],
    [['::ffff:a00:1'], '10.0.0.1', true],
    [['10.0.0.1'], '::ffff:010.0.0.1', false],
    [['fe80::/10'], 'fe80::1%eth0', true],
    [['2001:db8::/32'], 'fe80::1%eth0', false],
    [['10.0.0.1'], '0x0a.0.0.1', false],
    [['10.0.0.1'], '167772161', false],
    [['::ffff:10.0.0.1'], '10.0.0.1', true],
    [['::ffff:10.0.0.0/8'], '10.255.0.1', true],
    [['10.1.2.3/8'], '10.200.0.1', true],
    [['10.0.0.0/31'], '10.0.0.2', false],
    [['10.0.0.0/08'], '10.200.0.1', true],
    [['0.0.0.0/0'], '203.0.113.9', true],
    [['0.0.0.0/0'], '2001:db8::1', false],
    [['::/0'], '2001:db8::1', true],
    [['2001:db8::/32'], '2001:db8:ffff::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['2001:db8::1'], '2001:0db8:0:0:0:0:0:1', true],
    [['10.0.0.1', '2001:db8::1'], '2001:db8::1', true],
    [[], '10.0.0.1', false],
    [['nonsense'], '10.0.0.1', false],
    [['10.0.0.1'], '::10.0.0.1', false],
    [['::a00:1'], '::10.0.0.1', true],
    [['::10.0.0.1'], '10.0.0.1', false],
    [['10.0.0.1'], '', false],
    [['10.0.0.1'], 'unknown', false],
    [['0.0.0.0/0', '::/0'], 'nonsense', false],
    [['0.0.0.0/0'], '10.0.0.1:80', false],
    [['0.0.0.0/0'], '010.0.0.1', false],
    [['fe80::/10'], 'fe80::1', true],
  ])('a list of %j contains %s: %j', (ranges, address, has) => expect(new AddressList(ranges).has(address)).toBe(has));

  it('an address list answers for any text without an error', () => {
    const list = new AddressList(['10.0.0.0/8', '2001:db8::/32']);
    const odd = fc.oneof(fc.string(), fc.constantFrom('fe80::1%eth0', '2001:db8::1%0', '::ffff:10.0.0.1%1', '::ffff:a00:1', '10.0.0.1%1'), fc.ipV6());
    fc.assert(fc.property(odd, (address) => typeof list.has(address) === 'boolean'));
  });

  it('an address list agrees with arithmetic on every IPv4 range', () => {
    const number = (address: string): bigint => address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (base, address, bits) => {
        const shift = BigInt(32 - bits);
        const expected = number(base) >> shift === number(address) >> shift;
        expect(new AddressList([`${base}/${bits}`]).has(address)).toBe(expected);
        expect(new AddressList([`${base}/${bits}`]).has(`::ffff:${address}`)).toBe(expected);
      }),
    );
  });
});
