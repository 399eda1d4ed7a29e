import { describe, expect, it } from '@jest/globals';
import { countries } from '../config/catalog/countries.js';
import { faultsOfAddress, type PostalAddress } from './postal-address.js';

const codesOf = (address: PostalAddress): string[] => faultsOfAddress(address, '/address').map(({ code }) => code);

describe('an address that is complete in its country', () => {
  it.each<PostalAddress>([
    { country: 'HK', city: 'Central' },
    { country: 'HK', region: 'Kowloon' },
    { country: 'AE', city: 'Dubai' },
    { country: 'AE', region: 'Dubai' },
    { country: 'XK', city: 'Prishtina' },
    { country: 'XK', city: 'Prishtina', postalCode: '10000' },
    { country: 'IE', city: 'Dublin' },
    { country: 'IE', city: 'Dublin', postalCode: 'D02 AF30' },
    { country: 'IE', city: 'Dublin', postalCode: 'd02af30' },
    { country: 'SG', postalCode: '018956' },
    { country: 'DE', city: 'Berlin', postalCode: '10115' },
    { country: 'DE', city: 'Berlin', postalCode: 'DE-10115' },
    { country: 'GB', city: 'London', postalCode: 'sw1a 1aa' },
    { country: 'NL', city: 'Amsterdam', postalCode: '1012ab' },
    { country: 'JP', region: 'Tokyo', postalCode: '1000001' },
    { country: 'JP', city: 'Tokyo', postalCode: '100-0001' },
    { country: 'US', city: 'Springfield', region: 'IL', postalCode: '62701-1234' },
    { country: 'US', city: 'Springfield', postalCode: '627011234' },
    { country: 'CA', city: 'Ottawa', region: 'ON', postalCode: 'k1a0b1' },
    { country: 'PT', city: 'Lisboa', postalCode: '1000001' },
    { country: 'SE', city: 'Stockholm', postalCode: '111 22' },
    { country: 'PL', city: 'Warszawa', postalCode: '00001' },
    { country: 'PA', city: 'Panama', postalCode: 'anything' },
    { country: 'AQ', city: 'McMurdo' },
  ])('%j is accepted', (address) => {
    expect(codesOf(address)).toEqual([]);
  });

  it('a city and the postal code of an example are accepted in every country', () => {
    for (const country of countries) expect(codesOf({ country, city: 'City' }).filter((code) => code !== 'postal_code_required')).toEqual([]);
  });
});

describe('an address that is not', () => {
  it.each<[PostalAddress, string[]]>([
    [{ country: 'DE', city: 'Berlin' }, ['postal_code_required']],
    [{ country: 'DE', postalCode: '10115' }, ['city_required']],
    [{ country: 'DE', city: 'Berlin', postalCode: '1011' }, ['invalid_postal_code']],
    [{ country: 'US', city: 'Springfield', postalCode: 'SW1A 1AA' }, ['invalid_postal_code']],
    [{ country: 'US', region: 'IL', postalCode: '62701' }, ['city_required']],
    [{ country: 'XK', city: 'Prishtina', postalCode: '1234' }, ['invalid_postal_code']],
    [{ country: 'HK' }, ['city_required']],
    [{ country: 'JP', postalCode: '1000001' }, ['city_required']],
    [{ country: 'IE', city: 'Dublin', postalCode: '12345' }, ['invalid_postal_code']],
  ])('%j is refused with %j', (address, codes) => {
    expect(codesOf(address)).toEqual(codes);
  });
});
