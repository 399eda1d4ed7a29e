import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isTaxId } from './tax-ids.policy.js';
import { taxOn, taxOnCredit, taxTermsFor, untaxed } from './taxes.policy.js';

const seller = { name: 'Seller', address: { line1: 'Main Street 1', city: 'Berlin', country: 'DE' } };
const vat = (percent: number) => ({ name: 'VAT', percent });
const taxes = {
  rates: new Map([
    ['DE', vat(19)],
    ['FR', { name: 'TVA', percent: 20 }],
    ['NO', { name: 'MVA', percent: 25 }],
  ]),
  reverseCharge: new Set(['DE', 'FR', 'AT']),
};
const termsOf = (country: string | undefined, taxId: string | null = null) =>
  taxTermsFor({ billingAddress: country === undefined ? null : { line1: 'x', city: 'y', country }, taxId }, { taxes, seller });

describe('the tax of a document', () => {
  test.each([
    ['without a billing address, the rate of the seller applies', undefined, null, { country: 'DE', percent: 19, reverseCharge: false }],
    ['in the country of the seller, a tax id changes nothing', 'DE', 'DE123456788', { country: 'DE', percent: 19, reverseCharge: false }],
    ['with a tax id in another country of the list, the customer owes the tax', 'AT', 'ATU13585627', { country: 'AT', name: 'VAT', percent: 0, reverseCharge: true }],
    ['with a tax id of another country, the customer does not owe the tax', 'AT', 'DE123456788', { country: 'DE', percent: 19, reverseCharge: false }],
    ['with a wrong check digit, the customer does not owe the tax', 'AT', 'ATU13585628', { country: 'DE', percent: 19, reverseCharge: false }],
    ['without a tax id, the rate of the country of the customer applies', 'FR', null, { country: 'FR', name: 'TVA', percent: 20, reverseCharge: false }],
    ['without a tax id and without a rate, the rate of the seller applies in the list', 'AT', null, { country: 'DE', name: 'VAT', percent: 19, reverseCharge: false }],
    ['outside of the list, a rate of the catalog applies despite a tax id', 'NO', 'NO974760673', { country: 'NO', name: 'MVA', percent: 25, reverseCharge: false }],
    ['in a country without a rate, the tax is 0 %', 'US', '12-3456789', { country: 'US', name: null, percent: 0, reverseCharge: false }],
  ])('%s', (_title, country, taxId, terms) => expect(termsOf(country, taxId)).toMatchObject(terms));

  test('a catalog without taxes taxes nothing', () => expect(taxTermsFor({ billingAddress: null, taxId: null }, { taxes: undefined, seller })).toEqual(untaxed));
});

describe('the form of a tax id', () => {
  test.each([
    ['DE123456788', 'DE', true],
    ['de 123 456 788', 'DE', true],
    ['123456788', 'DE', false],
    ['DE123456789', 'DE', false],
    ['EL094259216', 'GR', true],
    ['ES-B58378431', 'ES', true],
    ['ATU13585627', 'DE', false],
    ['GB 980 7806 84', 'GB', true],
    ['GB980780685', 'GB', false],
    ['CHE-116.281.710 MWST', 'CH', true],
    ['CHE-116.281.711', 'CH', false],
    ['CHE-000.000.000', 'CH', false],
    ['000000000', 'NO', false],
    ['0000', 'US', false],
    ['NO 923609016 MVA', 'NO', true],
    ['923609016', 'NO', true],
    ['NO923609017MVA', 'NO', false],
    ['51 824 753 556', 'AU', true],
    ['51 824 753 557', 'AU', false],
    ['12-3456789', 'US', true],
    ['x', 'US', false],
  ])('%s in %s: %s', (text, country, valid) => expect(isTaxId(text, country)).toBe(valid));
});

describe('the arithmetic of tax', () => {
  const amount = fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 2 ** 51 }));
  const percent = fc.integer({ min: 0, max: 100_000 }).map((thousandths) => thousandths / 1000);

  test.each([
    [1000, 19, 190],
    [5, 10, 1],
    [4, 10, 0],
    [1999, 8.875, 177],
    [50, 19, 10],
    [1, 50, 1],
    [9_007_199_254_740_991, 7, 630_503_947_831_869],
  ])('%i at %d %% is %i, rounded half up', (net, rate, tax) => expect(taxOn(net, rate)).toBe(tax));

  test('the tax is within half a minor unit of the exact tax', () => {
    const isClose = (net: number, rate: number): boolean => {
      const exact = BigInt(net) * BigInt(Math.round(rate * 1000));
      const difference = BigInt(taxOn(net, rate)) * 100_000n - exact;
      return difference > -50_000n && difference <= 50_000n;
    };
    fc.assert(fc.property(amount, percent, isClose), { numRuns: 2000 });
  });

  test('a larger amount never has less tax', () => {
    fc.assert(
      fc.property(amount, amount, percent, (one, more, rate) => taxOn(one + more, rate) >= taxOn(one, rate)),
      { numRuns: 2000 },
    );
  });

  test('credits that give all back give all tax back, in any parts, and never more on the way', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(parts, percent, (credits, rate) => {
        const subtotal = credits.reduce((sum, each) => sum + each, 0);
        const tax = taxOn(subtotal, rate);
        let [before, given] = [0, 0];
        for (const credit of credits) {
          const part = taxOnCredit(credit, { before, percent: rate });
          if (part < 0) return false;
          before += credit;
          given += part;
          if (given > tax) return false;
        }
        return given === tax;
      }),
      { numRuns: 2000 },
    );
  });
});
